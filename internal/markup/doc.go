// Package markup renders pages and letters from templates: those of the product, and
// the letters that an administrator brings.
//
// A template has the syntax of text/template, whose parser reads it: values, functions,
// pipelines, variables, if, with, range, break, continue, define, block and template. In
// HTML every value is escaped for the place where it stands, as html/template does it,
// and in fewer places: in text, in quoted attributes and in addresses. Elsewhere (in a
// script, a style sheet, a comment, an attribute with code in it, the name of a tag) a
// value is a mistake, which Compile tells.
//
// What it does not have is what it exists for: no method is called by name, except
// IsZero. A program that calls a method by a name that it learns while it runs must
// carry all methods of all its types, and this one is a twelfth smaller without. And
// because values are found and escaped by a plan that is made once, in place of being
// looked up by reflection each time, a page costs a fraction. The tests hold it against
// html/template, value for value.
package markup
