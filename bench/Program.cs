using Mirlink.Bench;
using Mirlink.Bench.Measure;
using Mirlink.Bench.Parts;
using Mirlink.Bench.Report;

if (args is [Meter.Option, .. var metered]) return Meter.Measure(metered);

IPart[] parts = [new BuildPart(), new CodePart(), new BackendPart(), new RunPart(), new ThreadsPart()];
string Env(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : throw new InvalidOperationException($"{name} is not set: start this with bench/run.sh");

var applications = Application.Read(Env("BENCH_APPLICATIONS"));
int repeat = 3;
bool goOn = false, reportOnly = false;
string? output = null;
var chosen = new HashSet<string>(StringComparer.Ordinal);
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--repeat" when i + 1 < args.Length && int.TryParse(args[i + 1], out repeat) && repeat > 0: i++; break;
        case "--resume": goOn = true; break;
        case "--report": reportOnly = true; break;
        case "-o" when i + 1 < args.Length: output = args[++i]; break;
        case var name when parts.Any(p => p.Name == name) || applications.Exists(a => a.Name == name) || Variant.All.Any(v => v.Name == name): chosen.Add(name); break;
        default:
            Console.Error.WriteLine($"bench: `{args[i]}` is neither an option (--repeat N, --resume, --report, -o FILE), a part ({string.Join(", ", parts.Select(p => p.Name))}), a variant ({string.Join(", ", Variant.All.Select(v => v.Name))}), nor an application that is here ({string.Join(", ", applications.Select(a => a.Name))})");
            return 2;
    }
}
var session = new Session(Env("BENCH_ROOT"), Env("BENCH_WORK"), Env("BENCH_CORPUS"), Env("BENCH_MIRLINK"), Env("BENCH_MIRLINK_BUILD"), Env("BENCH_RUSTC"), Env("BENCH_CARGO"), Env("BENCH_LLD"), Env("BENCH_COMMIT"), repeat, goOn,
    Variant.All.Any(v => chosen.Contains(v.Name)) ? [.. Variant.All.Where(v => chosen.Contains(v.Name))] : Variant.All);

int failed = 0;
var clock = System.Diagnostics.Stopwatch.StartNew();
if (!reportOnly)
{
    var asked = applications.FindAll(a => !applications.Exists(b => chosen.Contains(b.Name)) || chosen.Contains(a.Name));
    var partsAsked = Array.FindAll(parts, p => parts.Any(q => chosen.Contains(q.Name)) ? chosen.Contains(p.Name) : p.InFullRun);
    int done = 0;
    foreach (var application in asked)
        foreach (var part in partsAsked)
        {
            var results = session.Results(application, part.Name);
            try
            {
                Session.Say($"{application.Name}: {part.Name}");
                part.Run(session, application, results);
            }
            catch (Exception e) when (e is InvalidOperationException or IOException or Mirlink.Mir.MirlinkException)
            {
                // One application's trouble is no reason to lose the others' hours.
                results.SetText("failed", e.Message);
                Console.Error.WriteLine($"bench: {application.Name}: {part.Name}: {e.Message}");
                failed++;
            }
            results.Save();
            done++;
            double left = clock.Elapsed.TotalMinutes / done * (asked.Count * partsAsked.Length - done);
            Session.Say(FormattableString.Invariant($"{done} of {asked.Count * partsAsked.Length} done in {clock.Elapsed.TotalMinutes:F0} min; about {left:F0} min left"));
        }
}

string report = new MarkdownReport(session, applications, Results.All(session.ResultsFolder)).Write();
if (output is not null) File.WriteAllText(output, report);
else Console.Write(report);
return failed == 0 ? 0 : 1;
