package browser

import "strings"

const maxUserAgent = 300

// userAgent is the caller's User-Agent header, bounded for storing.
func userAgent(ua string) string {
	ua = strings.ToValidUTF8(ua, "")
	if len(ua) > maxUserAgent {
		ua = strings.ToValidUTF8(ua[:maxUserAgent], "")
	}
	return ua
}

// Device names the browser and system of a User-Agent header as a person would:
// "Firefox on Linux". The order matters, because most browsers claim to be
// several others too.
func Device(ua string) string {
	program, system := Parts(ua)
	if program == "" {
		program = "A browser"
	}
	if system == "" {
		return program
	}
	return program + " on " + system
}

// Parts are the browser and the system of a User-Agent header, for telling them
// in any language; "" for what is not known.
func Parts(ua string) (program, system string) {
	program = first(ua, "",
		"Edg/", "Edge", "EdgA/", "Edge", "EdgiOS/", "Edge", "OPR/", "Opera", "SamsungBrowser/", "Samsung Internet", "Vivaldi/", "Vivaldi",
		"FxiOS/", "Firefox", "Firefox/", "Firefox", "CriOS/", "Chrome", "HeadlessChrome/", "Chrome", "Chrome/", "Chrome", "Safari/", "Safari",
		"curl/", "curl", "Go-http-client", "A program")
	system = first(ua, "",
		"iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "CrOS", "ChromeOS",
		"Mac OS X", "Mac", "Linux", "Linux")
	return program, system
}

// first returns the name behind the first mark that ua contains.
func first(ua, otherwise string, marksAndNames ...string) string {
	for i := 0; i < len(marksAndNames); i += 2 {
		if strings.Contains(ua, marksAndNames[i]) {
			return marksAndNames[i+1] //nolint:gosec // they come in pairs
		}
	}
	return otherwise
}
