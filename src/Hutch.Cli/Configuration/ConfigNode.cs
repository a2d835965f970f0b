using System.Collections;
using System.ComponentModel;
using System.Reflection;

namespace Hutch.Cli.Configuration;

/// <summary>
/// One place of the configuration, read from the options class that it fills: properties are keys in camel case. A property with
/// <c>[Browsable(false)]</c>, or of a type that no text can give, is none of it; one with <c>[PasswordPropertyText]</c> is a secret.
/// </summary>
internal sealed class ConfigNode
{
    private const string FileSuffix = "File";

    private ConfigNode(string name, string path, PropertyInfo? property, ConfigKind kind, Type type)
    {
        Name = name;
        Path = path;
        Property = property;
        Kind = kind;
        Type = type;
        IsSecret = property?.GetCustomAttribute<PasswordPropertyTextAttribute>()?.Password == true;
        Children = kind is ConfigKind.Section or ConfigKind.SectionList ? [.. ChildrenOf(type, path)] : [];
    }

    public string Name { get; }

    /// <summary>The keys from the root, joined by dots.</summary>
    public string Path { get; }

    /// <summary>The property that it fills; null for the root.</summary>
    public PropertyInfo? Property { get; }

    public ConfigKind Kind { get; }

    public Type Type { get; }

    /// <summary>True if the value is never shown.</summary>
    public bool IsSecret { get; }

    public IReadOnlyList<ConfigNode> Children { get; }

    /// <summary>The key that names a file with the secret in it.</summary>
    public string FileKey => Name + FileSuffix;

    /// <summary>The whole configuration that a class describes.</summary>
    public static ConfigNode Root(Type type) => new("", "", null, ConfigKind.Section, type);

    public IEnumerable<string> Keys() =>
        Children.SelectMany(child => child.IsSecret ? (string[])[child.Name, child.FileKey] : [child.Name]);

    /// <summary>
    /// Finds the option with a key, ignoring case; <paramref name="isFile"/> is true if the key names a file with the secret.
    /// </summary>
    public ConfigNode? Find(string key, out bool isFile)
    {
        isFile = false;
        foreach (ConfigNode child in Children)
        {
            if (string.Equals(child.Name, key, StringComparison.OrdinalIgnoreCase))
            {
                return child;
            }

            if (child.IsSecret && string.Equals(child.FileKey, key, StringComparison.OrdinalIgnoreCase))
            {
                isFile = true;
                return child;
            }
        }

        return null;
    }

    private static IEnumerable<ConfigNode> ChildrenOf(Type type, string path) =>
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.SetMethod is { IsPublic: true } && property.GetCustomAttribute<BrowsableAttribute>()?.Browsable != false
        let shape = ShapeOf(property.PropertyType)
        where shape is not null
        let name = char.ToLowerInvariant(property.Name[0]) + property.Name[1..]
        select new ConfigNode(name, path.Length == 0 ? name : $"{path}.{name}", property, shape.Value.Kind, shape.Value.Type);

    private static (ConfigKind Kind, Type Type)? ShapeOf(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (IsValue(plain))
        {
            return (ConfigKind.Value, plain);
        }

        if (plain.IsGenericType && typeof(IEnumerable).IsAssignableFrom(plain) && plain.GenericTypeArguments is [Type item])
        {
            return IsValue(item) ? (ConfigKind.ValueList, item) : IsSection(item) ? (ConfigKind.SectionList, item) : null;
        }

        return IsSection(plain) ? (ConfigKind.Section, plain) : null;
    }

    private static bool IsValue(Type type) =>
        type.IsEnum || type == typeof(string) || type == typeof(bool) || type == typeof(int) || type == typeof(long)
            || type == typeof(double) || type == typeof(Uri);

    private static bool IsSection(Type type) =>
        type.IsClass && type.Namespace?.StartsWith("Hutch.", StringComparison.Ordinal) == true
            && type.GetConstructor(Type.EmptyTypes) is not null;
}

internal enum ConfigKind
{
    Section,

    Value,

    ValueList,

    SectionList,
}
