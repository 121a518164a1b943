//! A server of light requests beside a task with polls of MS milliseconds, one after the other.
//! Usage: tokio_mixed MS
//! It prints its address, echoes messages of 64 bytes, begins the task where a message that starts
//! with 'b' is handled, and ends with its standard input.
use peers::WORKERS;
use std::io::Read;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

async fn echo(mut conn: TcpStream, long: Duration) -> std::io::Result<()> {
    conn.set_nodelay(true)?;
    let mut buf = [0u8; 64];
    loop {
        conn.read_exact(&mut buf).await?;
        if buf[0] == b'b' {
            tokio::spawn(async move {
                loop {
                    let begin = Instant::now();
                    while begin.elapsed() < long {}
                    tokio::task::yield_now().await;
                }
            });
        }
        conn.write_all(&buf).await?;
    }
}

fn main() {
    let ms: u64 = std::env::args().nth(1).expect("MS").parse().expect("MS");
    let long = Duration::from_millis(ms);
    let rt = Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build().unwrap();
    let listener = rt.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    println!("{}", listener.local_addr().unwrap());
    rt.spawn(async move {
        while let Ok((conn, _)) = listener.accept().await {
            tokio::spawn(echo(conn, long));
        }
    });
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    std::process::exit(0);
}
