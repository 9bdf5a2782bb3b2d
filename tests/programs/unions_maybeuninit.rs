// Unions, MaybeUninit, transmute, ManuallyDrop fields, hand-written small vector and arena on raw memory, NonNull, Layout.
use std::alloc::{Layout, alloc, dealloc, realloc};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ptr::{self, NonNull};
#[repr(C)]
union IntOrFloat {
    i: u32,
    f: f32,
    b: [u8; 4],
}
union Slot<T> {
    full: ManuallyDrop<T>,
    empty: (),
}
#[derive(Debug, PartialEq)]
struct D(u32);
impl Drop for D {
    fn drop(&mut self) {
        print!("d{} ", self.0);
    }
}
struct ArrayVec<T, const N: usize> {
    len: usize,
    data: [MaybeUninit<T>; N],
}
impl<T, const N: usize> ArrayVec<T, N> {
    const fn new() -> Self {
        ArrayVec { len: 0, data: [const { MaybeUninit::uninit() }; N] }
    }
    fn push(&mut self, t: T) {
        self.data[self.len].write(t);
        self.len += 1;
    }
    fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        Some(unsafe { self.data[self.len].assume_init_read() })
    }
    fn as_slice(&self) -> &[T] {
        unsafe { std::slice::from_raw_parts(self.data.as_ptr().cast(), self.len) }
    }
}
impl<T, const N: usize> Drop for ArrayVec<T, N> {
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}
struct RawVec<T> {
    p: NonNull<T>,
    cap: usize,
    len: usize,
}
impl<T> RawVec<T> {
    fn new() -> Self {
        RawVec { p: NonNull::dangling(), cap: 0, len: 0 }
    }
    fn push(&mut self, t: T) {
        unsafe {
            if self.len == self.cap {
                let new = (self.cap * 2).max(1);
                let l = Layout::array::<T>(new).unwrap();
                let raw =
                    if self.cap == 0 { alloc(l) } else { realloc(self.p.as_ptr().cast(), Layout::array::<T>(self.cap).unwrap(), l.size()) };
                self.p = NonNull::new(raw.cast()).expect("memory");
                self.cap = new;
            }
            self.p.add(self.len).write(t);
            self.len += 1;
        }
    }
    fn remove(&mut self, i: usize) -> T {
        unsafe {
            let p = self.p.as_ptr().add(i);
            let t = p.read();
            ptr::copy(p.add(1), p, self.len - i - 1);
            self.len -= 1;
            t
        }
    }
}
impl<T> std::ops::Deref for RawVec<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        unsafe { std::slice::from_raw_parts(self.p.as_ptr(), self.len) }
    }
}
impl<T> Drop for RawVec<T> {
    fn drop(&mut self) {
        unsafe {
            ptr::slice_from_raw_parts_mut(self.p.as_ptr(), self.len).drop_in_place();
            if self.cap > 0 {
                dealloc(self.p.as_ptr().cast(), Layout::array::<T>(self.cap).unwrap());
            }
        }
    }
}
fn main() {
    let mut u = IntOrFloat { f: 1.0 };
    unsafe {
        println!("{:#x} {:?}", u.i, u.b);
        u.b[3] = 0x40;
        println!(
            "{} {}",
            u.f,
            match u {
                IntOrFloat { i: 0x3f800000 } => "one",
                IntOrFloat { f } if f > 2.0 => "more than two",
                _ => "other",
            }
        );
    }
    let mut s: Slot<String> = Slot { empty: () };
    unsafe {
        s.full = ManuallyDrop::new("slot".to_string());
        (*s.full).push('!');
        println!("{} {}", *s.full, size_of::<Slot<String>>());
        ManuallyDrop::drop(&mut s.full);
    }
    let mut a = ArrayVec::<D, 4>::new();
    for i in 0..4 {
        a.push(D(i));
    }
    println!("{:?} {:?}", a.as_slice().len(), a.pop().map(|d| d.0));
    drop(a);
    println!();
    let mut r = RawVec::new();
    for i in 0..9 {
        r.push(D(i));
    }
    println!("{:?} {} {}", r.remove(3), r.len(), r.cap);
    println!("{:?}", r.iter().map(|d| d.0).collect::<Vec<_>>());
    drop(r);
    println!();
    let mut strings = RawVec::new();
    for w in ["x", "y"] {
        strings.push(w.repeat(3));
    }
    println!("{:?}", strings.join("-"));
    let arr: [String; 3] = unsafe {
        let mut m: [MaybeUninit<String>; 3] = [const { MaybeUninit::uninit() }; 3];
        for (i, e) in m.iter_mut().enumerate() {
            e.write(i.to_string());
        }
        std::mem::transmute(m)
    };
    println!("{arr:?}");
    let mut b = Box::<[u16; 3]>::new_uninit();
    unsafe {
        (*b.as_mut_ptr()) = [1, 2, 3];
        println!("{:?}", b.assume_init());
    }
    let mut bs = Box::<[u8]>::new_uninit_slice(3);
    bs.iter_mut().enumerate().for_each(|(i, x)| {
        x.write(i as u8 * 3);
    });
    println!("{:?}", unsafe { bs.assume_init() });
    unsafe {
        println!(
            "{:?} {} {:?}",
            std::mem::transmute::<[u16; 2], [u8; 4]>([0x0102, 0x0304]),
            std::mem::transmute::<u32, f32>(0x40490fdb),
            std::mem::transmute::<&str, &[u8]>("ab")
        );
        println!("{:?} {:?}", std::mem::transmute_copy::<u64, [u8; 8]>(&1), MaybeUninit::<(u8, u64)>::zeroed().assume_init());
        let z: [Option<Box<u8>>; 2] = std::mem::zeroed();
        println!("{z:?}");
    }
    let l = Layout::new::<(u8, u32)>().extend(Layout::new::<u64>()).unwrap();
    println!("{:?} {} {:?}", l.0.pad_to_align(), l.1, Layout::from_size_align(8, 3).is_err());
    let mut v = [1, 2, 3, 4, 5];
    unsafe {
        let p = v.as_mut_ptr();
        ptr::swap(p, p.add(4));
        ptr::copy_nonoverlapping(p.add(3), p.add(1), 1);
        p.add(2).write_volatile(p.add(2).read_volatile() * 10);
        println!("{v:?} {} {}", p.add(4).offset_from(p), *p.wrapping_add(7).wrapping_sub(6));
        let bytes = [1u8, 2, 3, 4, 5];
        println!("{:#x} {}", bytes.as_ptr().add(1).cast::<u32>().read_unaligned(), ptr::eq(&bytes[0], bytes.as_ptr()));
        let np = NonNull::from(&mut v);
        println!("{:?} {}", np.as_ref().len(), size_of::<Option<NonNull<u8>>>());
        let sl = ptr::slice_from_raw_parts(v.as_ptr().add(1), 2);
        println!("{:?} {}", &*sl, sl.len());
        let old = ptr::replace(&mut v[0], 77);
        println!("{old} {:?} {:?}", v[0], std::slice::from_ref(&v[1]));
    }
}
