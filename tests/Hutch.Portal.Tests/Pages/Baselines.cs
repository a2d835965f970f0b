using Hutch.Portal.Tests.Support;

namespace Hutch.Portal.Tests.Pages;

/// <summary>
/// The layouts of pages as they were accepted, one a line in Pages/layouts.txt. HUTCH_UPDATE_SNAPSHOTS=1 accepts those of this run: look at
/// out/screenshots before.
/// </summary>
internal sealed class Baselines
{
    private static readonly string File = Path.Combine(Repository.Root, "tests", "Hutch.Portal.Tests", "Pages", "layouts.txt");

    private readonly SortedDictionary<string, string> _lines = new(StringComparer.Ordinal);
    private readonly bool _accepts = Environment.GetEnvironmentVariable("HUTCH_UPDATE_SNAPSHOTS") == "1";

    public Baselines()
    {
        foreach (string line in System.IO.File.Exists(File) ? System.IO.File.ReadLines(File) : [])
        {
            string[] parts = line.Split(' ', 2);
            _lines[parts[0]] = parts[1];
        }
    }

    /// <summary>Compares a screenshot; returns what is wrong, or null.</summary>
    public string? Compare(string name, Picture picture)
    {
        var layout = Layout.Of(picture);
        if (_accepts)
        {
            // Small differences keep the line: an accepted run changes only what changed.
            if (!_lines.TryGetValue(name, out string? before) || layout.Difference(Layout.Parse(before)) is not null)
            {
                _lines[name] = layout.ToString();
            }

            return null;
        }

        return !_lines.TryGetValue(name, out string? line) ? $"{name}: Pages/layouts.txt has no such page; accept it with HUTCH_UPDATE_SNAPSHOTS=1."
            : layout.Difference(Layout.Parse(line)) is { } difference
                ? $"{name}: {difference}. See out/screenshots/{name}.png; if it is right, accept it with HUTCH_UPDATE_SNAPSHOTS=1."
            : null;
    }

    /// <summary>Writes the accepted layouts.</summary>
    public void Save()
    {
        if (_accepts)
        {
            System.IO.File.WriteAllLines(File, _lines.Select(static line => $"{line.Key} {line.Value}"));
        }
    }
}
