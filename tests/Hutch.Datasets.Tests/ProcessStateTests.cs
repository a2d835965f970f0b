using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Hutch.Disk;
using Hutch.Processing;
using Hutch.Site;
using Hutch.Zone;

namespace Hutch.Datasets.Tests;

/// <summary>The page that says what one process holds in memory, and what of it decides, has every field that holds something.</summary>
public sealed partial class ProcessStateTests
{
    private const string Page = "docs/reference/process-state.md";

    private static readonly string[] Kinds = ["cache", "checked again", "harmless", "**decides**"];

    /// <summary>What can keep others waiting, or differ between two servers.</summary>
    private static readonly Type[] Holders =
    [
        typeof(Lock), typeof(SemaphoreSlim), typeof(SemaphoreSlim[]), typeof(Mutex), typeof(ReaderWriterLockSlim), typeof(Channel<>),
        typeof(WakeSignal),
        typeof(ConcurrentDictionary<,>), typeof(ConcurrentQueue<>), typeof(ConcurrentBag<>), typeof(ConcurrentStack<>),
        typeof(ConditionalWeakTable<,>), typeof(Dictionary<,>), typeof(SortedDictionary<,>), typeof(SortedList<,>), typeof(HashSet<>),
        typeof(SortedSet<>), typeof(List<>), typeof(LinkedList<>), typeof(Queue<>), typeof(PriorityQueue<,>), typeof(Stack<>),
    ];

    [Fact]
    public void Every_lock_and_collection_that_the_process_holds_is_on_the_page()
    {
        string[] held = [.. Held().Order(StringComparer.Ordinal)];
        string[] listed = [.. Items().Select(item => item.Field).Order(StringComparer.Ordinal)];

        Assert.True(
            held.SequenceEqual(listed),
            $"{Page} lacks {string.Join(", ", held.Except(listed))}; it has too much: {string.Join(", ", listed.Except(held))}");
    }

    [Fact]
    public void Every_item_of_the_page_has_a_kind_and_a_reason()
    {
        string[] unclear = [.. Items().Where(item => !Kinds.Contains(item.Kind) || item.Why.Length == 0).Select(item => item.Field)];

        Assert.Empty(unclear);
    }

    private static IEnumerable<string> Held() =>
        from assembly in new[]
        {
            typeof(ZoneServices).Assembly, typeof(SiteServices).Assembly, typeof(RunServices).Assembly, typeof(DatasetReader).Assembly,
        }
        from type in assembly.GetTypes()
        where !type.Name.Contains('<', StringComparison.Ordinal)
        from field in type.GetFields(
            BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where Holders.Contains(Definition(field.FieldType)) || Definition(field.FieldType).Name == "KeyedLock`1"
        select $"{NameOf(type)}.{NameOf(field)}";

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    private static string NameOf(Type type)
    {
        string name = type.Name.Split('`')[0];
        return type.DeclaringType is { } outer ? $"{NameOf(outer)}.{name}" : name;
    }

    /// <summary>The name as the source has it: of a property for its field, of a parameter for one that its class keeps.</summary>
    private static string NameOf(FieldInfo field) =>
        field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;

    private static IEnumerable<(string Field, string Kind, string Why)> Items()
    {
        string page = File.ReadAllText(Path.Combine(Root(), Page));
        string lists = page[..page.IndexOf("\n## Local files", StringComparison.Ordinal)].Replace("\n  ", " ", StringComparison.Ordinal);
        return from item in ItemPattern().Matches(lists)
               from field in item.Groups["field"].Captures
               select (field.Value, item.Groups["kind"].Value, item.Groups["why"].Value);
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Hutch.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("These tests run from inside the repository.");
    }

    /// <summary>An item of a list: its fields, its kind and the reason.</summary>
    [GeneratedRegex(@"^- (?:`(?<field>[^`]+)`,? )+\((?<kind>[^)]+)\): (?<why>.*)$", RegexOptions.Multiline)]
    private static partial Regex ItemPattern();
}
