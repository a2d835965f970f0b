using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hutch.Architecture.Tests.Compiled;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>NOTICE lists everything that is shipped or loaded, in the version that is locked, and nothing else.</summary>
public sealed partial class NoticeTests
{
    /// <summary>
    /// Locked, but no part of them ends in the executable: one is for the build, and two are Skia's libraries for other systems.
    /// </summary>
    private static readonly string[] NotShipped =
        ["Microsoft.NET.ILLink.Tasks", "SkiaSharp.NativeAssets.macOS", "SkiaSharp.NativeAssets.Win32"];

    [Fact]
    public void It_lists_the_packages_in_the_executable()
    {
        string framework = XDocument.Parse(Repository.Text("Directory.Build.props")).Descendants("TargetFramework").Single().Value;
        using JsonDocument locked = JsonDocument.Parse(Repository.Text("src/Hutch.Cli/packages.lock.json"));
        IEnumerable<string> packages = locked.RootElement.GetProperty("dependencies").EnumerateObject()
            .SelectMany(target => target.Value.EnumerateObject())
            .Where(package => package.Value.GetProperty("type").GetString() != "Project" && !NotShipped.Contains(package.Name))
            .Select(package => $"{package.Name} {package.Value.GetProperty("resolved").GetString()}")
            .Append($".NET and ASP.NET Core {framework["net".Length..]}");

        AssertSame(packages, Listed("In the executable").Select(cells => $"{cells[0]} {cells[1]}"));
    }

    [Fact]
    public void It_lists_the_packages_in_the_portal_with_their_licences()
    {
        using JsonDocument locked = JsonDocument.Parse(Repository.Text("web/package-lock.json"));
        IEnumerable<string> packages = locked.RootElement.GetProperty("packages").EnumerateObject()
            // Optional ones are for Node.js: none of them can be in what browsers load.
            .Where(package => package.Name.Length > 0 && !package.Value.TryGetProperty("dev", out _)
                && !package.Value.TryGetProperty("optional", out _))
            .Select(package => $"{package.Name.Split("node_modules/")[^1]} {package.Value.GetProperty("version").GetString()} "
                + package.Value.GetProperty("license").GetString()!.Trim('(', ')'));

        AssertSame(packages, Listed("In the portal").Select(cells => $"{cells[0]} {cells[1]} {cells[2]}"));
    }

    [Fact]
    public void It_lists_the_libraries_that_are_loaded()
    {
        List<string> libraries = [];
        foreach (CompiledAssembly assembly in CompiledAssembly.Products())
        {
            using (assembly)
            {
                libraries.AddRange(assembly.NativeFunctions().Select(native => native.Library));
            }
        }

        // Libraries that are loaded by name, not by declared functions.
        libraries.AddRange(Repository.Sources("src").SelectMany(file => SharedObjectPattern().Matches(file.Strings).Select(match => match.Value)));

        // SQLite and .NET's own library are in the executable; kernel32 is Windows itself.
        libraries.RemoveAll(static library => library is "e_sqlite3" or "libSystem.Native" or "kernel32");
        AssertSame(libraries, Listed("Loaded when Hutch runs").Select(cells => cells[0]));
    }

    [Fact]
    public void NOTICE_holds_the_text_of_each_licence_of_the_shipped_packages()
    {
        string[] headings = [.. Sections().Select(section => section.Heading)];
        Violations violations = new("NOTICE holds the text of each licence");
        foreach (string[] cells in Listed("In the executable").Concat(Listed("In the portal")))
        {
            if (!cells[2].Split(" OR ").Any(choice => choice.Split([" and ", " AND "], StringSplitOptions.None).All(headings.Contains)))
            {
                violations.Add(cells[0], $"is under {cells[2]}");
            }
        }

        violations.AssertNone();
    }

    private static void AssertSame(IEnumerable<string> shipped, IEnumerable<string> listed)
    {
        HashSet<string> here = [.. shipped];
        HashSet<string> there = [.. listed];
        Violations violations = new("NOTICE agrees with the lock files and the source");
        violations.AddRange(here.Except(there).Select(name => (name, "is not in NOTICE")));
        violations.AddRange(there.Except(here).Select(name => (name, "is in NOTICE only")));
        violations.AssertNone();
    }

    /// <summary>The cells of the table in a section: indented lines, cells two blanks apart.</summary>
    private static IEnumerable<string[]> Listed(string heading) =>
        Sections().Single(section => section.Heading.StartsWith(heading, StringComparison.Ordinal)).Body.Split('\n')
            .Where(line => line.StartsWith("    ", StringComparison.Ordinal))
            .Select(line => line.Split("  ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Sections begin with a heading after two empty lines.</summary>
    private static IEnumerable<(string Heading, string Body)> Sections() =>
        Repository.Text("NOTICE").Split("\n\n\n").Select(text => (text.Split('\n')[0], text));

    [GeneratedRegex(@"\blib\w+\.so(\.\d+)*")]
    private static partial Regex SharedObjectPattern();
}
