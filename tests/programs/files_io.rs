// Files in a temporary directory: create, write, append, seek, read back, metadata, rename, directory listing, errors, buffered I/O, cursors.
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Cursor, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
struct Temp(PathBuf);
impl Drop for Temp {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}
struct Rot13<W: Write>(W);
impl<W: Write> Write for Rot13<W> {
    fn write(&mut self, b: &[u8]) -> io::Result<usize> {
        let n = b.len().min(7);
        let t: Vec<u8> = b[..n]
            .iter()
            .map(|c| match c {
                b'a'..=b'z' => (c - b'a' + 13) % 26 + b'a',
                c => *c,
            })
            .collect();
        self.0.write_all(&t)?;
        Ok(n)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
struct Fails(u8);
impl Read for Fails {
    fn read(&mut self, b: &mut [u8]) -> io::Result<usize> {
        self.0 += 1;
        match self.0 {
            1 => Err(ErrorKind::Interrupted.into()),
            2 | 3 => {
                b[0] = b'0' + self.0;
                Ok(1)
            }
            _ => Err(io::Error::other("gave up")),
        }
    }
}
fn main() -> io::Result<()> {
    let dir = Temp(std::env::temp_dir().join(format!("mirlink-files-{}", std::process::id())));
    fs::create_dir_all(dir.0.join("a/b"))?;
    let p = dir.0.join("a/data.txt");
    fs::write(&p, "line one\nline two\n")?;
    OpenOptions::new().append(true).open(&p)?.write_all(b"line three")?;
    println!("{:?} {}", fs::read_to_string(&p)?, fs::metadata(&p)?.len());
    let mut f = OpenOptions::new().read(true).write(true).open(&p)?;
    println!("{}", f.seek(SeekFrom::End(-5))?);
    let mut s = String::new();
    f.read_to_string(&mut s)?;
    f.seek(SeekFrom::Start(5))?;
    f.write_all(b"ONE")?;
    f.rewind()?;
    let mut b = [0; 8];
    f.read_exact(&mut b)?;
    println!("{s:?} {:?} {}", std::str::from_utf8(&b), f.stream_position()?);
    f.set_len(4)?;
    println!("{:?} {:?}", fs::read(&p)?, f.metadata()?.is_file());
    {
        let mut w = BufWriter::with_capacity(16, File::create(dir.0.join("big"))?);
        for i in 0..1000 {
            writeln!(w, "{i}:{}", i * i)?;
        }
    }
    let r = BufReader::with_capacity(10, File::open(dir.0.join("big"))?);
    println!(
        "{:?}",
        r.lines()
            .map_while(Result::ok)
            .filter_map(|l| l.split_once(':').and_then(|(a, b)| Some((a.parse::<u64>().ok()?, b.parse::<u64>().ok()?))))
            .map(|(a, b)| b - a)
            .sum::<u64>()
    );
    fs::copy(&p, dir.0.join("a/b/copy"))?;
    fs::rename(&p, dir.0.join("moved"))?;
    let mut names: Vec<_> = fs::read_dir(&dir.0)?
        .map(|e| e.map(|e| (e.file_name().into_string().unwrap(), e.file_type().unwrap().is_dir())))
        .collect::<Result<_, _>>()?;
    names.sort();
    println!("{names:?} {} {}", p.exists(), dir.0.join("a/b").is_dir());
    let e = File::open(&p).unwrap_err();
    println!("{e} {:?} {:?} {e:?}", e.kind(), e.raw_os_error());
    println!(
        "{:?} {:?}",
        fs::remove_dir(dir.0.join("a")).map_err(|e| e.kind()),
        fs::create_dir(dir.0.join("a")).map_err(|e| e.to_string())
    );
    println!("{:?}", OpenOptions::new().write(true).create_new(true).open(dir.0.join("moved")).map_err(|e| e.kind()).is_err());
    let mut out = vec![];
    {
        let mut w = Rot13(&mut out);
        write!(w, "hello {} world, {}", 5, "uryyb")?;
        w.flush()?;
    }
    println!("{:?}", String::from_utf8_lossy(&out));
    let mut c = Cursor::new(vec![1u8, 2, 3, 4, 5, 6]);
    c.seek(SeekFrom::Current(2))?;
    let mut two = [0; 2];
    c.read_exact(&mut two)?;
    c.write_all(&[9, 9, 9])?;
    println!("{two:?} {:?} {:?}", c.position(), c.get_ref());
    println!("{:?}", (&b"short"[..]).read_exact(&mut [0; 10]).map_err(|e| (e.kind(), e.to_string())));
    let mut got = vec![];
    println!("{:?}", Fails(0).read_to_end(&mut got).map_err(|e| e.to_string()));
    println!("{got:?}");
    println!("{:?}", (&b"ab"[..]).chain(&b"cd"[..]).take(3).bytes().collect::<Result<Vec<_>, _>>()?);
    println!(
        "{} {:?}",
        io::copy(&mut io::repeat(7).take(100), &mut io::sink())?,
        Cursor::new("x,y,,z").split(b',').map(|r| r.map(|v| v.len())).collect::<io::Result<Vec<_>>>()?
    );
    Ok(())
}
