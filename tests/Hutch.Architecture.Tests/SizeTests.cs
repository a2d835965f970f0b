using System.Reflection;
using System.Reflection.Metadata;
using System.Text.RegularExpressions;
using Hutch.Architecture.Tests.Compiled;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>
/// Limits of what a reader holds in mind at once: what a class needs, and what a method does. Records carry data and may have many fields.
/// </summary>
public sealed partial class SizeTests
{
    private const int MaxParameters = 10;
    private const int MaxLines = 80;
    private const string Tuple = "System.ValueTuple`";

    /// <summary>Each element of a tuple counts: it is a parameter whose group has no name.</summary>
    [Fact]
    public void No_constructor_of_a_class_takes_more_than_ten_parameters()
    {
        Violations violations = new($"A constructor takes at most {MaxParameters} parameters");
        foreach (CompiledAssembly assembly in CompiledAssembly.Products())
        {
            using (assembly)
            {
                violations.AddRange(Constructors(assembly.Metadata)
                    .Where(static one => one.Parameters > MaxParameters)
                    .Select(static one => (one.Type, $"its constructor takes {one.Parameters}")));
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void No_method_is_longer_than_eighty_lines()
    {
        Violations violations = new($"A method has at most {MaxLines} lines");
        foreach (SourceFile file in Repository.Products.SelectMany(
            project => Repository.Sources(Path.GetDirectoryName(project.Path)!)))
        {
            violations.AddRange(MethodLengths.From(file.Code)
                .Where(static method => method.Lines > MaxLines)
                .Select(method => ($"{file.Path}:{method.Line}", $"a method of {method.Lines} lines")));
        }

        violations.AssertNone();
    }

    [Theory]
    [InlineData("class A\n{\n    void B()\n    {\n        C();\n    }\n}\n", 3, 4)]
    [InlineData("class A\n{\n    int _x = 1;\n\n    int B(int y) => y switch\n    {\n        1 => 2,\n        _ => 3,\n    };\n}\n", 5, 5)]
    [InlineData("static class A\n{\n    extension(int x)\n    {\n        void B()\n        {\n        }\n    }\n}\n", 5, 3)]
    [InlineData("namespace N;\n\nclass A(int x)\n{\n    class C\n    {\n        A B()\n        {\n        }\n    }\n}\n", 7, 3)]
    public void The_lines_of_a_method_are_counted(string code, int line, int lines) =>
        Assert.Equal((line, lines), Assert.Single(MethodLengths.From(code)));

    /// <summary>Classes with the numbers of parameters of their constructors, without records and what the compiler makes.</summary>
    private static IEnumerable<(string Type, int Parameters)> Constructors(MetadataReader metadata)
    {
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);
            MethodDefinition[] methods = [.. type.GetMethods().Select(metadata.GetMethodDefinition)];
            string name = metadata.GetString(type.Name);
            if (name.Contains('<', StringComparison.Ordinal) || type.Attributes.HasFlag(TypeAttributes.Interface)
                || type.Attributes.HasFlag(TypeAttributes.SequentialLayout)
                || methods.Any(method => metadata.GetString(method.Name) == "<Clone>$"))
            {
                continue;
            }

            foreach (MethodDefinition method in methods.Where(method => metadata.GetString(method.Name) == ".ctor"))
            {
                yield return (name, method.DecodeSignature(TypeNameProvider.Instance, null).ParameterTypes.Sum(Count));
            }
        }
    }

    private static int Count(string type) =>
        type.StartsWith(Tuple, StringComparison.Ordinal) && int.TryParse(type[Tuple.Length..], out int elements) ? elements : 1;
}

/// <summary>Finds the methods of a file by its braces: those of types are known by their keyword, all others are bodies.</summary>
internal static partial class MethodLengths
{
    /// <summary>The first line and the number of lines of each method, constructor and operator.</summary>
    /// <param name="code">Code without comments and the contents of strings.</param>
    public static IEnumerable<(int Line, int Lines)> From(string code)
    {
        var types = new Stack<bool>();
        int nested = 0;
        int start = 0;
        for (int i = 0; i < code.Length; i++)
        {
            bool isAtType = types.Count == 0 || types.Peek();
            switch (code[i])
            {
                case '(' or '[' when isAtType:
                    nested++;
                    break;
                case ')' or ']' when isAtType:
                    nested--;
                    break;
                case '{':
                    bool isType = isAtType && nested == 0 && TypeHeader().IsMatch(Attribute().Replace(code[start..i], ""));
                    types.Push(isType);
                    start = isType ? i + 1 : start;
                    break;
                case '}' when types.TryPop(out bool wasType):
                    string head = HeadOf(code[start..i]);
                    bool isEnd = (types.Count == 0 || types.Peek()) && nested == 0 && !IsValue(head) && !IsExpression(head);
                    if (isEnd && !wasType && head.Contains('('))
                    {
                        yield return Measure(code, start, i);
                    }

                    start = isEnd || wasType ? i + 1 : start;
                    break;
                case ';' when isAtType && nested == 0:
                    if (!IsValue(code[start..i]) && IsExpression(code[start..i]))
                    {
                        yield return Measure(code, start, i);
                    }

                    start = i + 1;
                    break;
                default:
                    break;
            }
        }
    }

    private static (int Line, int Lines) Measure(string code, int start, int end)
    {
        while (char.IsWhiteSpace(code[start]))
        {
            start++;
        }

        int line = code.AsSpan(0, start).Count('\n') + 1;
        return (line, code.AsSpan(0, end).Count('\n') + 2 - line);
    }

    private static string HeadOf(string member) =>
        member.IndexOf('{', StringComparison.Ordinal) is var brace and >= 0 ? member[..brace] : member;

    /// <summary>Whether a member is a field or a property with a value: it has an equals sign before any parenthesis.</summary>
    private static bool IsValue(string member) => Assigned().IsMatch(Attribute().Replace(member, "").Split('(')[0]);

    private static bool IsExpression(string member) =>
        member.IndexOf("=>", StringComparison.Ordinal) is var arrow and >= 0 && member[..arrow].Contains('(');

    [GeneratedRegex(@"^[^=(]*\b(class|record|struct|interface|enum)\s|^\s*extension\s*\(")]
    private static partial Regex TypeHeader();

    [GeneratedRegex(@"\[[^\[\]]*\]")]
    private static partial Regex Attribute();

    /// <summary>An equals sign that is no comparison, or an arrow.</summary>
    [GeneratedRegex("=")]
    private static partial Regex Assigned();
}
