using System.Text.RegularExpressions;
using Hutch.Architecture.Tests.Compiled;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>
/// The code style that fails a build. The analysers of .NET for it (IDE0040, IDE0044, IDE0065, IDE0161, IDE1006) run all of their kind or none, and
/// took a fifth of the compiler's time; editors still run them.
/// </summary>
public sealed partial class DeclarationTests
{
    private static readonly string[] Folders = ["src", "tests", "bench"];

    private static readonly string[] Accessibilities = ["public", "private", "protected", "internal", "file"];

    [Fact]
    public void Each_type_and_member_declares_its_accessibility()
    {
        Violations violations = new("Each type and member has an accessibility: public, internal, protected, private or file");
        foreach ((SourceFile file, Declaration declared) in All().Where(one => LacksAccessibility(one.Declared)))
        {
            violations.Add($"{file.Path}:{file.LineAt(declared.Position)}", declared.Head);
        }

        violations.AssertNone();
    }

    [Fact]
    public void Private_fields_are_named_like_this_and_constants_in_capitals()
    {
        Violations violations = new("A private field is named _likeThis, a constant and a private static read-only field LikeThis");
        foreach ((SourceFile file, Declaration declared) in All().Where(one => one.Declared.IsField))
        {
            string name = NamePattern().Match(declared.Head).Value;
            bool isConstant = declared.Has("const") || (declared.Has("private") && declared.Has("static") && declared.Has("readonly"));
            if (isConstant ? !PascalPattern().IsMatch(name) : declared.Has("private") && !FieldPattern().IsMatch(name))
            {
                violations.Add($"{file.Path}:{file.LineAt(declared.Position)}", declared.Head);
            }
        }

        violations.AssertNone();
    }

    /// <summary>CONTRIBUTING.md says which way of reading a result is for what.</summary>
    [Fact]
    public void A_refusal_that_is_thrown_as_it_is_comes_from_the_value()
    {
        Violations violations = new("`result.Value` throws the refusal");
        foreach (SourceFile file in Repository.Sources("src"))
        {
            violations.AddRange(
                ThrownPattern().Matches(file.Code).Select(match => ($"{file.Path}:{file.LineAt(match.Index)}", match.Value.Split('\n')[0])));
        }

        violations.AssertNone();
    }

    [Fact]
    public void A_private_field_that_only_constructors_store_is_read_only()
    {
        Violations violations = new("readonly for private fields that only constructors store");
        foreach (CompiledAssembly assembly in CompiledAssembly.Products())
        {
            using (assembly)
            {
                violations.AddRange(assembly.FieldsThatOnlyConstructorsStore().Select(field => (assembly.Project.Path, field)));
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void A_file_has_its_namespace_without_braces_behind_its_usings()
    {
        Violations violations = new("usings, then `namespace X;`");
        foreach (SourceFile file in Repository.Sources(Folders))
        {
            Match space = NamespacePattern().Match(file.Code);
            bool hasUsingBehind = space.Success && UsingPattern().IsMatch(file.Code, space.Index);
            if (hasUsingBehind || space.Groups["end"].Value == "{")
            {
                violations.Add(file.Path, hasUsingBehind ? "has a using behind its namespace" : "has a namespace with braces");
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void Declarations_are_found_by_their_braces_and_semicolons()
    {
        var file = new SourceFile("x.cs", Declared, Declared, "");
        string[] wrong = [.. Declaration.Read(file).Where(LacksAccessibility).Select(static declared => declared.Head)];
        string[] fields = [.. Declaration.Read(file).Where(static declared => declared.IsField).Select(static declared => declared.Head)];

        Assert.Equal(["class Bare", "int bare", "static void Method()", "string Text", "enum Kind"], wrong);
        Assert.Equal(["private int _a", "int bare"], fields);
    }

    private static bool LacksAccessibility(Declaration declared) =>
        declared.Owner != "interface"
        && !Accessibilities.Any(declared.Has)
        && !ExplicitPattern().IsMatch(declared.Head)
        && (declared.IsType || declared.Owner.Length > 0);

    private static IEnumerable<(SourceFile File, Declaration Declared)> All() =>
        from file in Repository.Sources(Folders)
        from declared in Declaration.Read(file)
        select (file, declared);

    private const string Declared = """
        using Name = Other;
        namespace Space;
        class Bare
        {
            private int _a = a is { } b ? b : c;
            int bare;
            [Fact, Other([1])]
            static void Method() { call(); int local = 1; }
            static Bare() { }
            ~Bare() { }
            void IOther.Explicit() => call();
            string Text { get; set; } = "";
            public static bool operator ==(Bare a, Bare b) => a is { } && b is { };
            private interface IInner { void Do(); }
            enum Kind { A = 1, B }
        }
        """;

    /// <summary>Members that take no accessibility: finalizers, static constructors, extension blocks, members of an interface by its full name.</summary>
    [GeneratedRegex(
        @"\b(\w+)\.IsOk \? \1\.Value : throw \1\.Error\.|if \(!(\w+)\.IsOk\)\s*\{\s*throw \2\.Error\.ToException\(\);\s*\}"
        + @"|\.TryGet\([^;{}]*, out (?:HutchError\? )?(\w+)\)\)\s*\{\s*throw \3\.ToException\(\);")]
    private static partial Regex ThrownPattern();

    [GeneratedRegex(@"^~|^extension\s?[<(]|^(?:unsafe )?static \w+\(|^(?:[\w.<>\[\]?,() ]+ )?\w[\w.<>, ]*\.(?:\w+|this\[.*)(?:<[\w, ]*>)?\s*(?:\(|$)")]
    private static partial Regex ExplicitPattern();

    [GeneratedRegex(@"\w+$")]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[A-Z]")]
    private static partial Regex PascalPattern();

    [GeneratedRegex("^_[a-z]")]
    private static partial Regex FieldPattern();

    [GeneratedRegex(@"^\s*namespace\s+[\w.]+\s*(?<end>[;{])", RegexOptions.Multiline)]
    private static partial Regex NamespacePattern();

    [GeneratedRegex(@"^using [\w.]+;", RegexOptions.Multiline)]
    private static partial Regex UsingPattern();
}
