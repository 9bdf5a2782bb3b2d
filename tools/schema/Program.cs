using Mirlink.SchemaTool;

// usage: extract COMPILER_SOURCE VERSION OUT | generate SCHEMAS
if (args is ["extract", var source, var version, var output])
{
    var extractor = new Extractor(source).WithRoot(source);
    extractor.Run(version);
    foreach (var p in extractor.Problems) Console.Error.WriteLine(p);
    if (extractor.Problems.Count > 0) return 1;
    Directory.CreateDirectory(output);
    extractor.Schema.Write(Path.Combine(output, "schema.txt"));
    File.WriteAllText(Path.Combine(output, "symbols.txt"), string.Concat(extractor.Symbols.Select(s => s + "\n")));
    File.WriteAllText(Path.Combine(output, "lang_items.txt"), string.Concat(extractor.LangItems.Select(l => l.Variant + " " + l.Name + "\n")));
    Console.WriteLine($"{extractor.Schema.Entries.Count} types, {extractor.Symbols.Count} symbols, {extractor.LangItems.Count} lang items, {extractor.Tables.Count} tables");
    return 0;
}
if (args is ["generate", var directory])
{
    new Generator(new ReleaseSet(directory), directory).Run();
    return 0;
}
Console.Error.WriteLine("usage: extract COMPILER_SOURCE VERSION OUT | generate SCHEMAS");
return 2;
