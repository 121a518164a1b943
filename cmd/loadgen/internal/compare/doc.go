// Package compare says whether one run was better than another, or whether the difference may as well be chance.
//
// A run is a series of intervals, and another run of the same would have had others like them. So each run is drawn anew, many
// times, from its own intervals (the bootstrap), in blocks of neighbours, as what is slow now is slow in a moment (the moving
// blocks of Künsch). Where the figures' differences lie in 19 of 20 draws is the confidence interval; a figure has changed if
// no difference is not in there, and if the difference is large enough to matter.
//
// What differs between one run of the same program and the next, such as where its memory lies, is in no run's intervals. So
// the interval is too narrow for that: compare several runs, or do not trust a few percent.
package compare
