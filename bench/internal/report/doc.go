// Package report turns the figures of a run into medians, ratios and verdicts, and prints
// them: as text, CSV, JSON, benchstat's format, or one HTML page.
package report
