using Hutch.Architecture.Tests.Compiled;

namespace Hutch.Architecture.Tests;

/// <summary>
/// One name, one meaning: who reads the name of a type anywhere in src need not ask which is meant. Nested types are exempt, because they are
/// read together with the name of their owner.
/// </summary>
public sealed class TypeNameTests
{
    [Fact]
    public void No_two_types_have_the_same_name()
    {
        Violations violations = new("One meaning for each name of a type");
        foreach (IGrouping<string, string> twins in DeclaredTypes().GroupBy(type => type[(type.LastIndexOf('.') + 1)..]))
        {
            if (twins.Count() > 1)
            {
                violations.Add(twins.Key, $"is {string.Join(" and ", twins)}");
            }
        }

        violations.AssertNone();
    }

    private static HashSet<string> DeclaredTypes()
    {
        HashSet<string> types = [];
        foreach (CompiledAssembly assembly in CompiledAssembly.Products())
        {
            using (assembly)
            {
                types.UnionWith(assembly.DeclaredTypes());
            }
        }

        return types;
    }
}
