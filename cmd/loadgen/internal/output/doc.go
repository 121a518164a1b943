// Package output writes reports in the formats that loadgen has. All of them are made from the report alone, so that
// a saved run can be written in any of them later.
package output
