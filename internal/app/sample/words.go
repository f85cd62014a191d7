package sample

// words is dossiers.yaml.
type words struct {
	Places  []string `def:"places,required"`
	Reasons struct {
		Refuse     string `def:"refuse,required"`
		Supplement string `def:"supplement,required"`
		Explain    string `def:"explain,required"`
		Late       string `def:"late,required"`
		Return     string `def:"return,required"`
		Stop       string `def:"stop,required"`
	} `def:"reasons,required"`
	Opinion struct {
		Agency   string `def:"agency,required"`
		Question string `def:"question,required"`
		Answer   string `def:"answer,required"`
	} `def:"opinion,required"`
	Technology struct {
		Projects  []string `def:"projects,required"`
		Investors string   `def:"investors,required"`
	} `def:"technology,required"`
	Radiation struct {
		Requests   map[string]string `def:"requests,required"`
		Facilities []string          `def:"facilities,required"`
	} `def:"radiation,required"`
	Enterprise struct {
		Requests  map[string]string `def:"requests,required"`
		Companies string            `def:"companies,required"`
	} `def:"enterprise,required"`
	Verification struct {
		Orders    map[string]string `def:"orders,required"`
		Customers []string          `def:"customers,required"`
	} `def:"verification,required"`
	Mission struct {
		Topics []struct {
			VI    string   `def:"vi,required"`
			Field string   `def:"field,required"`
			Kind  string   `def:"kind,required"`
			What  []string `def:"what,required"`
		} `def:"topics,required"`
		Proposers []string `def:"proposers,required"`
		Reject    string   `def:"reject,required"`
		Weak      string   `def:"weak,required"`
		Extend    string   `def:"extend,required"`
		Stop      string   `def:"stop,required"`
		Use       string   `def:"use,required"`
		Users     string   `def:"users,required"`
	} `def:"mission,required"`
}
