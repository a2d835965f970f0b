using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>Usings that a file needs, told by names: of the types and extension methods of the namespace, one must stand in the file.</summary>
public sealed partial class UsingTests
{
    /// <summary>Extension methods that the compiler calls without their names in the source.</summary>
    private static readonly string[] CalledByThemselves = ["Add", "Deconstruct", "GetAwaiter", "GetAsyncEnumerator", "GetEnumerator"];

    /// <summary>Stands for a word that every file has.</summary>
    private const string Everywhere = "using";

    [Fact]
    public void A_file_names_something_of_each_namespace_that_it_uses()
    {
        Violations violations = new("Remove usings that the file does not need");
        Dictionary<string, HashSet<string>> namesOf = ReadNamespaces();
        foreach (SourceFile file in Repository.Sources("src", "tests", "bench"))
        {
            string code = UsingLinePattern().Replace(file.Code, "");
            HashSet<string> words = [Everywhere, .. WordPattern().Matches(code + string.Concat(CrefPattern().Matches(file.Text).Select(static one => one.Value)))
                .Select(static word => word.Value)];
            violations.AddRange(from Match one in UsingPattern().Matches(file.Code)
                                let space = one.Groups["space"].Value
                                where namesOf.TryGetValue(space, out HashSet<string>? names) && !names.Overlaps(words)
                                select ($"{file.Path}:{file.LineAt(one.Index)}", space));
            violations.AddRange(from Match one in AliasPattern().Matches(file.Code)
                                let alias = one.Groups["alias"].Value
                                where Regex.Count(file.Code, $@"\b{alias}\b") == 1
                                select ($"{file.Path}:{file.LineAt(one.Index)}", alias));
        }

        violations.AssertNone();
    }

    private static Dictionary<string, HashSet<string>> ReadNamespaces()
    {
        var namesOf = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string[] shared = Directory.GetDirectories(Path.Combine(runtime, "..", ".."), "*.App");
        IEnumerable<string> built = Repository.Products.Concat(Repository.Tests).Select(static project => Path.GetDirectoryName(project.AssemblyPath)!);
        foreach (string path in shared.SelectMany(Directory.GetDirectories).Concat(built).Where(Directory.Exists)
            .SelectMany(static folder => Directory.GetFiles(folder, "*.dll")).DistinctBy(Path.GetFileName))
        {
            using var image = new PEReader(File.OpenRead(path));
            if (image.HasMetadata)
            {
                ReadNames(image.GetMetadataReader(), namesOf);
            }
        }

        // Queries call the methods of Enumerable by keywords.
        namesOf["System.Linq"].UnionWith(["select", "orderby", "from"]);
        return namesOf;
    }

    private static void ReadNames(MetadataReader metadata, Dictionary<string, HashSet<string>> namesOf)
    {
        foreach (TypeDefinition type in metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).Where(static type => !type.IsNested))
        {
            string space = metadata.GetString(type.Namespace);
            if (!namesOf.TryGetValue(space, out HashSet<string>? names))
            {
                namesOf[space] = names = new HashSet<string>(StringComparer.Ordinal);
            }

            string name = metadata.GetString(type.Name).Split('`')[0];
            names.Add(name);
            names.Add(name.EndsWith("Attribute", StringComparison.Ordinal) ? name[..^"Attribute".Length] : name);
            if (type.Attributes.HasFlag(TypeAttributes.Abstract | TypeAttributes.Sealed))
            {
                names.UnionWith(type.GetMethods().Select(handle => CallOf(metadata.GetString(metadata.GetMethodDefinition(handle).Name))));
            }
        }
    }

    /// <summary>The word by which a static method is called; one that every file has for a method that the compiler calls.</summary>
    private static string CallOf(string method) =>
        CalledByThemselves.Contains(method) ? Everywhere : method.StartsWith("get_", StringComparison.Ordinal) ? method[4..] : method;

    [GeneratedRegex(@"\w+")]
    private static partial Regex WordPattern();

    [GeneratedRegex("cref=\"[^\"]*\"")]
    private static partial Regex CrefPattern();

    [GeneratedRegex("^using .*;$", RegexOptions.Multiline)]
    private static partial Regex UsingLinePattern();

    [GeneratedRegex(@"^using (?<space>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingPattern();

    [GeneratedRegex(@"^using (?<alias>\w+) =", RegexOptions.Multiline)]
    private static partial Regex AliasPattern();
}
