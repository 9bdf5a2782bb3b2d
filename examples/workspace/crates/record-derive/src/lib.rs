//! `#[derive(Record)]` without any parsing library: a struct with named fields becomes a row.

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// Implements `records::Record`: the field names in order, reading from and writing to text.
#[proc_macro_derive(Record)]
pub fn derive_record(input: TokenStream) -> TokenStream {
    match expand(input) {
        Ok(code) => code.parse().expect("generated code is valid Rust"),
        Err(message) => format!("compile_error!({message:?});").parse().unwrap(),
    }
}

fn expand(input: TokenStream) -> Result<String, String> {
    let mut tokens = input.into_iter();
    let name = loop {
        match tokens.next() {
            Some(TokenTree::Ident(word)) if word.to_string() == "struct" => match tokens.next() {
                Some(TokenTree::Ident(name)) => break name.to_string(),
                _ => return Err("expected the struct's name".into()),
            },
            Some(TokenTree::Ident(word)) if matches!(word.to_string().as_str(), "enum" | "union") => {
                return Err("Record can be derived for structs only".into());
            }
            Some(_) => {}
            None => return Err("expected a struct".into()),
        }
    };
    let body = tokens
        .find_map(|t| match t {
            TokenTree::Group(g) if g.delimiter() == Delimiter::Brace => Some(g.stream()),
            _ => None,
        })
        .ok_or("Record needs named fields")?;
    let fields = fields(body);
    let names: String = fields.iter().map(|f| format!("{f:?}, ")).collect();
    let reads: String = fields.iter().map(|f| format!("{f}: cells.read({f:?})?, ")).collect();
    let writes: String = fields.iter().map(|f| format!("::records::Cell::write(&self.{f}), ")).collect();
    Ok(format!(
        "impl ::records::Record for {name} {{
            const FIELDS: &'static [&'static str] = &[{names}];
            fn from_cells(cells: &mut ::records::Cells<'_>) -> ::core::result::Result<Self, ::records::Error> {{
                Ok({name} {{ {reads} }})
            }}
            fn to_cells(&self) -> ::std::vec::Vec<::std::string::String> {{ vec![{writes}] }}
        }}"
    ))
}

/// Names of the fields: the identifier before each `:` that is not part of a `::` or inside a type's `<>`.
fn fields(body: TokenStream) -> Vec<String> {
    let mut names = Vec::new();
    let (mut last, mut depth, mut in_type) = (None, 0i32, false);
    for token in body {
        match token {
            TokenTree::Ident(i) => last = Some(i.to_string()),
            TokenTree::Punct(p) => match p.as_char() {
                ':' if !in_type => {
                    names.extend(last.take());
                    in_type = true;
                }
                '<' => depth += 1,
                '>' => depth -= 1,
                ',' if depth == 0 => in_type = false,
                _ => {}
            },
            _ => {}
        }
    }
    names
}
