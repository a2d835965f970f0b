using Hutch.Architecture.Tests.Compiled;

namespace Hutch.Architecture.Tests;

/// <summary>Native libraries are reached from few places, one file a library (convention 20).</summary>
public sealed class NativeCallTests
{
    /// <summary>The namespaces that may declare native functions.</summary>
    private static readonly string[] Allowed = ["Hutch.Disk.Native", "Hutch.Formats.Native", "Hutch.Catalog.Sqlite"];

    [Fact]
    public void Native_functions_are_declared_only_where_bindings_live()
    {
        Violations violations = new($"Native functions live in {string.Join(", ", Allowed)} (convention 20)");
        foreach ((string type, string library, string function) in NativeFunctions())
        {
            if (!Allowed.Any(space => type.StartsWith(space + ".", StringComparison.Ordinal)))
            {
                violations.Add(type, $"declares {function} of {library}");
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void A_native_library_has_one_binding()
    {
        Violations violations = new("One type a native library (convention 20)");
        foreach (var library in NativeFunctions().GroupBy(native => native.Library))
        {
            string[] types = [.. library.Select(native => native.Type).Distinct().Order(StringComparer.Ordinal)];
            if (types.Length > 1)
            {
                violations.Add(library.Key, $"is bound by {string.Join(" and ", types)}");
            }
        }

        violations.AssertNone();
    }

    private static List<(string Type, string Library, string Function)> NativeFunctions()
    {
        List<(string, string, string)> all = [];
        foreach (CompiledAssembly assembly in CompiledAssembly.Products())
        {
            using (assembly)
            {
                all.AddRange(assembly.NativeFunctions());
            }
        }

        return all;
    }
}
