package netio
