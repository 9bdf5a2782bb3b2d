// Async code, coroutines in trait objects, sockets: tokio. And a native library by its -sys crate: libz-sys.
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;

fn checksum(bytes: &[u8]) -> u64 {
    unsafe { libz_sys::crc32(0, bytes.as_ptr(), bytes.len() as u32) as u64 }
}

async fn serve(listener: TcpListener, log: mpsc::UnboundedSender<String>, mut stop: oneshot::Receiver<()>) -> std::io::Result<usize> {
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                let log = log.clone();
                clients.spawn(async move {
                    let (read, mut write) = stream.into_split();
                    let mut lines = BufReader::new(read).lines();
                    while let Some(line) = lines.next_line().await? {
                        let answer = match line.split_once(' ') {
                            Some(("crc", rest)) => format!("{:08x}\n", checksum(rest.as_bytes())),
                            Some(("wait", ms)) => { tokio::time::sleep(Duration::from_millis(ms.parse().unwrap_or(1))).await; "waited\n".to_string() }
                            _ => { log.send(format!("refused {line}")).ok(); break; }
                        };
                        write.write_all(answer.as_bytes()).await?;
                    }
                    Ok::<_, std::io::Error>(())
                });
            }
            _ = &mut stop => break,
        }
    }
    let mut n = 0;
    while let Some(done) = clients.join_next().await {
        done.expect("no client panics")?;
        n += 1;
    }
    Ok(n)
}

async fn client(address: std::net::SocketAddr, requests: &[&str]) -> std::io::Result<Vec<String>> {
    let mut stream = TcpStream::connect(address).await?;
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read).lines();
    let mut answers = vec![];
    for request in requests {
        write.write_all(format!("{request}\n").as_bytes()).await?;
        match lines.next_line().await? {
            Some(answer) => answers.push(answer),
            None => break,
        }
    }
    Ok(answers)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (log, mut logged) = mpsc::unbounded_channel();
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(serve(listener, log, stopped));
    let (a, b, c) = tokio::join!(
        client(address, &["crc hello", "wait 5", "crc world"]),
        client(address, &["wait 1", "nonsense", "crc never"]),
        async { tokio::time::timeout(Duration::from_millis(20), client(address, &["wait 100000"])).await },
    );
    println!("{:?}\n{:?}\n{}", a?, b?, c.is_err());
    stop.send(()).map_err(|()| "the server is gone")?;
    println!("{} clients, {:?}", server.await??, logged.recv().await);

    let shared = std::sync::Arc::new(Mutex::new(Vec::new()));
    let tasks: Vec<_> = (0..8)
        .map(|i| {
            let shared = shared.clone();
            tokio::task::spawn_blocking(move || shared.blocking_lock().push(i * i))
        })
        .collect();
    for t in tasks {
        t.await?;
    }
    let mut all = shared.lock().await.clone();
    all.sort();
    println!("{all:?}");
    let panicked = tokio::spawn(async { panic!("as wanted") }).await;
    println!("{}", panicked.unwrap_err().is_panic());
    Ok(())
}
