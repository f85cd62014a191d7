package api

import (
	"net/url"
	"strconv"
)

// partyHonour is a decision of a committee of the Party to commend; by the register, all named must qualify.
type partyHonour struct {
	Unit     string   `json:"unit" example:"du"`
	Award    string   `json:"award" example:"giay_khen_dv"`
	Year     int      `json:"year" minimum:"1930" maximum:"9999"`
	On       string   `json:"on,omitempty" format:"date"`
	Number   string   `json:"number,omitempty" maxLength:"60" doc:"Of a decision of a committee above"`
	Subjects []string `json:"subjects" minItems:"1" maxItems:"1000"`
}

func (b partyHonour) fill(in url.Values) {
	for name, text := range map[string]string{"don-vi": b.Unit, "hinh-thuc": b.Award, "nam": strconv.Itoa(b.Year), "ngay": b.On, "so": b.Number} {
		in.Set(name, text)
	}
	in["chon"] = b.Subjects
}
