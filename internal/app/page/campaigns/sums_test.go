package campaigns

import (
	"net/url"
	"testing"
)

// After a gap was explained the reader comes back to it, on its page; every gap is on some page.
func TestGapsArePagedAndKeepTheirPlace(t *testing.T) {
	if got := backTo("c", "chenh", url.Values{"trang": {"2"}, "chi-tieu": {"ip.filed"}}); got != Path("c")+"/tong-hop?da=luu&mo=ip.filed&trang=2#chenh-ip.filed" {
		t.Error(got)
	}
	for _, c := range []struct {
		page, all  int
		back, next string
	}{{1, 30, "", ""}, {1, 31, "", "?trang=2#chenh"}, {2, 61, "?trang=1#chenh", "?trang=3#chenh"}, {3, 61, "?trang=2#chenh", ""}} {
		p := &sumsPage{GapPage: c.page, AllGaps: c.all}
		if p.gapsBack() != c.back || p.gapsNext() != c.next {
			t.Errorf("%d of %d: %q %q", c.page, c.all, p.gapsBack(), p.gapsNext())
		}
	}
}
