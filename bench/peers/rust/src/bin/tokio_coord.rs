//! tokio's channels, locks and sets of tasks, in the shapes of suite coord.
//! Usage: tokio_coord BENCH
use peers::*;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering::*};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{broadcast, mpsc, oneshot, watch, Mutex, Notify, Semaphore};
use tokio::task::{yield_now, JoinSet};

const PEER: &str = "tokio";

// As in measure/coord.go.
const OPS: usize = 200_000;
const WAITS: usize = 20_000;
const LOCKERS: usize = 4;
const PERMITS: usize = 2;
const ROOM: usize = 100;
const LISTENERS: usize = 100;
const BURST: usize = 16;
const BURSTS: usize = 50;
const MEMBERS: usize = 10_000;
const SLEEPERS: usize = 100_000;
const PIPE_SIZE: usize = 64 << 10;
const PIECE: usize = 4 << 10;
const PIECES: usize = 10_000;

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

fn rt() -> Runtime {
    Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build().unwrap()
}

/// Runs tasks and waits for all of them, again and again. An iteration is `ops` operations.
fn together(bench: &str, ops: usize, tasks: impl Fn() -> Vec<Task>) {
    let rt = rt();
    measure(bench, PEER, ops as u64, || {
        let all: Vec<_> = tasks().into_iter().map(|t| rt.spawn(t)).collect();
        rt.block_on(async {
            for t in all {
                t.await.unwrap();
            }
        });
    });
}

fn mutex(bench: &str, tasks: usize, n: usize, hold: bool) {
    together(bench, tasks * n, || {
        let m = Arc::new(Mutex::new(()));
        (0..tasks)
            .map(|_| {
                let m = m.clone();
                Box::pin(async move {
                    for _ in 0..n {
                        let _guard = m.lock().await;
                        if hold {
                            yield_now().await;
                        }
                    }
                }) as Task
            })
            .collect()
    });
}

fn semaphore(bench: &str, tasks: usize, n: usize, hold: bool) {
    together(bench, tasks * n, || {
        let s = Arc::new(Semaphore::new(PERMITS));
        (0..tasks)
            .map(|_| {
                let s = s.clone();
                Box::pin(async move {
                    for _ in 0..n {
                        let _permit = s.acquire().await.unwrap();
                        if hold {
                            yield_now().await;
                        }
                    }
                }) as Task
            })
            .collect()
    });
}

async fn sends(tx: mpsc::Sender<usize>, n: usize) {
    for i in 0..n {
        tx.send(i).await.unwrap();
    }
}

fn channel(bench: &str, senders: usize, capacity: usize) {
    together(bench, OPS, || {
        let (tx, mut rx) = mpsc::channel(capacity);
        let mut all: Vec<Task> =
            (0..senders).map(|_| Box::pin(sends(tx.clone(), OPS / senders)) as Task).collect();
        all.push(Box::pin(async move { while rx.recv().await.is_some() {} }));
        all
    });
}

fn one_shot(bench: &str) {
    together(bench, OPS, || {
        vec![Box::pin(async {
            for i in 0..OPS {
                let (tx, rx) = oneshot::channel();
                tx.send(i).unwrap();
                rx.await.unwrap();
            }
        })]
    });
}

fn broadcast_100(bench: &str) {
    together(bench, LISTENERS * BURSTS * BURST, || {
        let (tx, _) = broadcast::channel(BURST);
        let acks = Arc::new((AtomicU64::new(0), Notify::new()));
        let mut all: Vec<Task> = (0..LISTENERS)
            .map(|_| {
                let (mut rx, acks) = (tx.subscribe(), acks.clone());
                Box::pin(async move {
                    for _ in 0..BURSTS {
                        for _ in 0..BURST {
                            rx.recv().await.unwrap();
                        }
                        if acks.0.fetch_sub(1, AcqRel) == 1 {
                            acks.1.notify_one();
                        }
                    }
                }) as Task
            })
            .collect();
        all.push(Box::pin(async move {
            for _ in 0..BURSTS {
                acks.0.store(LISTENERS as u64, Release);
                for i in 0..BURST {
                    tx.send(i).unwrap();
                }
                acks.1.notified().await;
            }
        }));
        all
    });
}

fn watches(bench: &str) {
    together(bench, WAITS, || {
        let (ping, mut pinged) = watch::channel(0);
        let (pong, mut ponged) = watch::channel(0);
        vec![
            Box::pin(async move {
                for i in 0..WAITS {
                    ping.send(i).unwrap();
                    ponged.changed().await.unwrap();
                }
            }),
            Box::pin(async move {
                for _ in 0..WAITS {
                    pinged.changed().await.unwrap();
                    let i = *pinged.borrow_and_update();
                    // The other side may have seen the last answer and gone.
                    let _ = pong.send(i);
                }
            }),
        ]
    });
}

fn notifies(bench: &str) {
    async fn side(own: Arc<Notify>, other: Arc<Notify>) {
        for _ in 0..WAITS {
            own.notified().await;
            other.notify_one();
        }
    }
    together(bench, WAITS, || {
        let (ping, pong) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        ping.notify_one();
        vec![Box::pin(side(ping.clone(), pong.clone())), Box::pin(side(pong, ping))]
    });
}

fn select_2(bench: &str) {
    together(bench, OPS, || {
        let (tx1, mut rx1) = mpsc::channel(ROOM);
        let (tx2, mut rx2) = mpsc::channel(ROOM);
        vec![
            Box::pin(sends(tx1, OPS / 2)),
            Box::pin(sends(tx2, OPS / 2)),
            Box::pin(async move {
                for _ in 0..OPS {
                    tokio::select! {
                        Some(_) = rx1.recv() => {}
                        Some(_) = rx2.recv() => {}
                    }
                }
            }),
        ]
    });
}

fn select_10(bench: &str) {
    together(bench, OPS, || {
        let mut all: Vec<Task> = Vec::new();
        let mut rxs = Vec::new();
        for _ in 0..10 {
            let (tx, rx) = mpsc::channel(ROOM);
            rxs.push(rx);
            all.push(Box::pin(sends(tx, OPS / 10)));
        }
        all.push(Box::pin(async move {
            let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h, mut i, mut j]: [mpsc::Receiver<usize>; 10] =
                rxs.try_into().unwrap();
            for _ in 0..OPS {
                tokio::select! {
                    Some(_) = a.recv() => {}
                    Some(_) = b.recv() => {}
                    Some(_) = c.recv() => {}
                    Some(_) = d.recv() => {}
                    Some(_) = e.recv() => {}
                    Some(_) = f.recv() => {}
                    Some(_) = g.recv() => {}
                    Some(_) = h.recv() => {}
                    Some(_) = i.recv() => {}
                    Some(_) = j.recv() => {}
                }
            }
        }));
        all
    });
}

fn duplex(bench: &str) {
    together(bench, PIECES, || {
        let (mut a, mut b) = tokio::io::duplex(PIPE_SIZE);
        vec![
            Box::pin(async move {
                let piece = vec![0u8; PIECE];
                for _ in 0..PIECES {
                    a.write_all(&piece).await.unwrap();
                }
            }),
            Box::pin(async move {
                let mut buf = vec![0u8; PIECE];
                while b.read(&mut buf).await.unwrap() > 0 {}
            }),
        ]
    });
}

fn join_set(bench: &str) {
    together(bench, MEMBERS, || {
        vec![Box::pin(async {
            let mut set = JoinSet::new();
            for i in 0..MEMBERS {
                set.spawn(async move { i });
            }
            while let Some(i) = set.join_next().await {
                i.unwrap();
            }
        })]
    });
}

fn sleeps(bench: &str) {
    together(bench, SLEEPERS, || {
        (0..SLEEPERS)
            .map(|i| {
                let d = Duration::from_millis(1 + i as u64 % 50);
                Box::pin(async move { tokio::time::sleep(d).await }) as Task
            })
            .collect()
    });
}

fn main() {
    let bench = std::env::args().nth(1).expect("bench name");
    let b = bench.as_str();
    match b {
        "mutex_free" => mutex(b, 1, OPS, false),
        "mutex_contended" => mutex(b, LOCKERS, WAITS, true),
        "semaphore_free" => semaphore(b, 1, OPS, false),
        "semaphore_contended" => semaphore(b, LOCKERS, WAITS, true),
        "mpsc_1to1" => channel(b, 1, ROOM),
        "mpsc_1to1_cap1" => channel(b, 1, 1),
        "mpsc_4to1" => channel(b, 4, ROOM),
        "oneshot" => one_shot(b),
        "broadcast_100" => broadcast_100(b),
        "watch" => watches(b),
        "notify" => notifies(b),
        "select_2" => select_2(b),
        "select_10" => select_10(b),
        "duplex" => duplex(b),
        "joinset_10000" => join_set(b),
        "sleeps_100000" => sleeps(b),
        _ => panic!("unknown bench {bench}"),
    }
}
