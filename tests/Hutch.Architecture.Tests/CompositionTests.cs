using System.Reflection;
using System.Reflection.Metadata;
using Hutch.Architecture.Tests.Compiled;

namespace Hutch.Architecture.Tests;

/// <summary>
/// Whoever is given all of the zone or all of the site could use all of it, and says nothing of what it needs. Classes take the services
/// that they use; only modules, which make services, and those that put a process together see the whole.
/// </summary>
public sealed class CompositionTests
{
    private static readonly string[] Wholes = ["Hutch.Site.SiteServices", "Hutch.Zone.ZoneServices"];

    private static readonly Dictionary<string, string> Roots = new()
    {
        ["Hutch.Processing.RunServices"] = "makes what works on the runs of a site",
        ["Hutch.Datasets.Backups.BackupSource"] = "a backup copies both as a whole",
        ["Hutch.Federation.FederationLoops"] = "makes the loops anew for each zone that a server joins",
        ["Hutch.Server.HutchServer"] = "opens both, hands them to the modules, closes them",
        ["Hutch.Server.ServerLoops"] = "runs the loops of both beside the requests",
        ["Hutch.Server.ServerModules"] = "makes all modules",
        ["Hutch.Server.BackupHost"] = "opens both without a server, to back them up",
        ["Hutch.Server.SiteRecovery"] = "opens the zone without a server, to make it a site again",
        ["Hutch.Server.AdminRecovery"] = "opens the zone without a server, to let its administrator in",
    };

    [Fact]
    public void Only_composition_roots_hold_a_whole_zone_or_a_whole_site()
    {
        Violations violations = new("A class takes the services that it uses, not all of them");
        var holders = new HashSet<string>();
        foreach (CompiledAssembly assembly in CompiledAssembly.Products())
        {
            using (assembly)
            {
                foreach ((string type, string what) in Holders(assembly.Metadata).Where(holder => !Wholes.Contains(holder.Type)))
                {
                    holders.Add(type);
                    if (!Roots.ContainsKey(type) && !type.EndsWith("Module", StringComparison.Ordinal))
                    {
                        violations.Add(type, what);
                    }
                }
            }
        }

        foreach ((string root, string reason) in Roots.Where(root => !holders.Contains(root.Key)))
        {
            violations.Add(root, $"is listed ({reason}), but holds neither: take it off the list");
        }

        violations.AssertNone();
    }

    /// <summary>Fields and parameters of constructors; what the compiler made stands for the type that it was made for.</summary>
    private static IEnumerable<(string Type, string What)> Holders(MetadataReader metadata)
    {
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);
            string name = MethodNames.OutermostType(metadata, handle);
            foreach (FieldDefinition field in type.GetFields().Select(metadata.GetFieldDefinition))
            {
                if (Wholes.Contains(field.DecodeSignature(TypeNameProvider.Instance, null)))
                {
                    yield return (name, "has the field " + metadata.GetString(field.Name));
                }
            }

            foreach (MethodDefinition method in type.GetMethods().Select(metadata.GetMethodDefinition))
            {
                if (method.Attributes.HasFlag(MethodAttributes.SpecialName) && metadata.GetString(method.Name) == ".ctor"
                    && method.DecodeSignature(TypeNameProvider.Instance, null).ParameterTypes.FirstOrDefault(Wholes.Contains) is { } whole)
                {
                    yield return (name, "its constructor takes " + whole);
                }
            }
        }
    }
}
