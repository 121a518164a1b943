// Package doubt looks for reasons not to believe a report.
//
// A load generator that is late, or has no core to run on, measures itself; a percentile that stands on three samples
// is chance; a mean over a time in which the server grew slower is of nothing that ever was. None of that shows in the
// figures. So each report is examined, by tests that are known for it:
//
//   - percentiles: order statistics, whose ranks have a binomial distribution ([Bounds]);
//   - stationarity: Mann–Kendall on the medians of the intervals, with the slope of Theil and Sen ([Trend]);
//   - independence: the autocorrelation of their means at lag 1 ([Relation]);
//   - arrivals: Anderson–Darling on a sample of the gaps between requests as they were sent ([Arrivals]).
//
// What is found becomes a warning if it is both beyond chance and large enough to matter: with a
// million samples everything is significant.
package doubt
