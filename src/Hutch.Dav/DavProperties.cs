using System.Collections.Immutable;
using System.Xml.Linq;
using Microsoft.Net.Http.Headers;

namespace Hutch.Dav;

/// <summary>
/// The properties of files and folders. Those that clients invent are kept in the user metadata of a file's entry, as XML under names that
/// begin with a colon, which no header can have.
/// </summary>
internal static class DavProperties
{
    private const string Prefix = ":dav:";
    private const string LastModified = "getlastmodified";

    private static readonly XNamespace Windows = "urn:schemas-microsoft-com:";

    private static readonly string[] Known =
        ["resourcetype", "getcontentlength", "getcontenttype", "getetag", LastModified, "supportedlock", "lockdiscovery"];

    /// <summary>The properties that an answer has without a list of them.</summary>
    public static IEnumerable<XName> All(DavNodeView view) =>
        Known.Select(one => DavXml.Dav + one).Concat(
            KeptBy(view.Entry)?.Select(ToElement).OfType<XElement>().Select(element => element.Name) ?? []);

    /// <summary>The properties of clients that a new version of a file takes over; null for none.</summary>
    public static ImmutableSortedDictionary<string, string>? KeptBy(Entry? entry) =>
        entry?.UserMetadata?.Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToImmutableSortedDictionary(
            StringComparer.Ordinal) is { IsEmpty: false } stored ? stored : null;

    /// <summary>Writes a property; false if there is none.</summary>
    public static bool TryWrite(DavXml xml, XName name, DavNodeView view, bool namesOnly)
    {
        if (name.Namespace != DavXml.Dav || !Known.Contains(name.LocalName))
        {
            return TryWriteKept(xml, name, view.Entry, namesOnly);
        }

        string? text = Text(name.LocalName, view.Entry);
        if (text is null)
        {
            return false;
        }

        xml.Start(name.LocalName);
        if (namesOnly)
        {
            // The names are asked for, not the values.
        }
        else if (name.LocalName == "resourcetype" && view.IsFolder)
        {
            xml.Empty("collection");
        }
        else if (name.LocalName == "supportedlock")
        {
            xml.Start("lockentry");
            xml.WriteExclusiveWrite();
            xml.Writer.WriteEndElement();
        }
        else if (name.LocalName == "lockdiscovery" && view.Lock is { } held)
        {
            xml.WriteLock(held, view.LockRoot(held), view.Caller);
        }
        else
        {
            xml.Writer.WriteString(text);
        }

        xml.Writer.WriteEndElement();
        return true;
    }

    /// <summary>Returns the entry with a property set, or removed without a value; or the reason that it cannot be changed.</summary>
    public static Result<Entry> Change(Entry entry, XName name, XElement? value)
    {
        bool isTime = name == DavXml.Dav + LastModified || name == Windows + "Win32LastModifiedTime";
        if (isTime && value is not null)
        {
            return HeaderUtilities.TryParseDate(value.Value.Trim(), out DateTimeOffset time)
                ? entry with { ModifiedNanoseconds = EntryTime.FromSeconds(time.ToUnixTimeSeconds()) }
                : ErrorCode.Unprocessable.With($"{Display.Quote(value.Value)} is not a date as in HTTP.");
        }

        if (isTime || name.Namespace == DavXml.Dav)
        {
            return ErrorCode.Forbidden.With("The server decides this property.");
        }

        ImmutableSortedDictionary<string, string> metadata =
            entry.UserMetadata ?? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        metadata = value is null
            ? metadata.Remove(Prefix + name)
            : metadata.SetItem(Prefix + name, value.ToString(SaveOptions.DisableFormatting));
        Entry changed = entry with { UserMetadata = metadata.IsEmpty ? null : metadata };
        return EntryRules.Check(changed).IsOk
            ? changed
            : ErrorCode.InsufficientStorage.With(
                $"The properties of a file have at most {EntryRules.MaxUserMetadataBytes} bytes.");
    }

    private static string? Text(string name, Entry? entry)
    {
        bool isFile = entry is not null && entry.Kind != EntryKind.EmptyDirectory;
        return name switch
        {
            "getcontentlength" when isFile =>
                (entry!.Target is { } target ? Encoding.UTF8.GetByteCount(target) : entry.Size).ToString(CultureInfo.InvariantCulture),
            "getcontenttype" when isFile => entry!.Target is null ? entry.ContentType ?? FileTypes.Anything : HutchMediaTypes.Link,
            "getetag" when entry?.Kind == EntryKind.File => EntityTags.For(entry.Hash),
            LastModified when entry is { ModifiedNanoseconds: not 0 } =>
                HeaderUtilities.FormatDate(DateTimeOffset.FromUnixTimeSeconds(EntryTime.Seconds(entry.ModifiedNanoseconds))),
            "resourcetype" or "supportedlock" or "lockdiscovery" => "",
            _ => null,
        };
    }

    /// <summary>The property in a pair of metadata; null if it is none, as other doors may write anything under its name.</summary>
    private static XElement? ToElement(KeyValuePair<string, string> stored) =>
        DavXml.TryParse(stored.Value) is { } element && stored.Key == Prefix + element.Name ? element : null;

    private static bool TryWriteKept(DavXml xml, XName name, Entry? entry, bool namesOnly)
    {
        string key = Prefix + name;
        if (entry?.UserMetadata?.GetValueOrDefault(key) is not { } text || ToElement(new(key, text)) is not { } element)
        {
            return false;
        }

        if (namesOnly)
        {
            element.RemoveAll();
        }

        element.WriteTo(xml.Writer);
        return true;
    }
}

/// <summary>A file or folder as an answer shows it.</summary>
/// <param name="Entry">The entry; null for a folder with entries, or above datasets.</param>
/// <param name="Lock">The lock that covers it; null for none.</param>
/// <param name="LockRoot">The address of a lock's file or folder.</param>
internal sealed record DavNodeView(Entry? Entry, DavLock? Lock, Func<DavLock, string> LockRoot, Caller Caller)
{
    public bool IsFolder => Entry is null or { Kind: EntryKind.EmptyDirectory };
}
