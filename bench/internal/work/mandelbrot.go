package work

// Size is the width and the height of the picture in points, and Depth after how many
// steps a point counts as one of the set. The points of the set lie in the middle rows:
// work is spread as unevenly as it can be.
const (
	Size  = 512
	Depth = 1000
)

// Row computes a row of the Mandelbrot set, from -2-1.25i to 0.5+1.25i: after how many
// steps each point escapes.
func Row(y int, steps []uint16) {
	const side = 2.5
	ci := side*float64(y)/Size - side/2
	for x := range steps {
		cr := side*float64(x)/Size - 2
		steps[x] = escape(cr, ci)
	}
}

func escape(cr, ci float64) uint16 {
	var zr, zi float64
	for n := range uint16(Depth) {
		r2, i2 := zr*zr, zi*zi
		if r2+i2 > 4 {
			return n
		}
		zr, zi = r2-i2+cr, 2*zr*zi+ci
	}
	return Depth
}

// Picture is a picture of the set.
type Picture [Size][Size]uint16

// Draw computes all rows.
func (p *Picture) Draw() {
	for y := range p {
		Row(y, p[y][:])
	}
}
