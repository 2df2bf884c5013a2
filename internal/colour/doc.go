// Package colour computes what can be read on what: contrast, and the shade of a
// colour that has enough of it (WCAG 2.2, success criterion 1.4.3).
package colour
