using System.Xml.Linq;
using Hutch.Site.Write.Entries;

namespace Hutch.Dav;

/// <summary>PROPPATCH: sets the time of a file, and keeps the properties of clients with it. All changes are made, or none.</summary>
internal sealed class DavPatch(DavContext dav, DoorRequest request, DavIf condition)
{
    private const int MaxChanges = 256;

    public async Task AnswerAsync(DavTarget target, CancellationToken ct)
    {
        DavLocation location = await DavLocation.FindAsync(dav, request, target, ct);
        DavNode node = location.Required();
        location.RequireMet();
        location.RequireUnlocked(condition, isDeep: false, isOfMember: false);
        XElement body = await DavXml.ReadAsync(request) is { } read && read.Name == DavXml.Dav + "propertyupdate"
            ? read
            : throw ErrorCode.InvalidBody.With("The body must be a `propertyupdate`.").ToException();
        List<(XName Name, XElement? Value)> changes = Changes(body);
        Entry? entry = node.IsFolder ? null : node.Opened!.Entry;
        var refused = new Dictionary<XName, int>();
        foreach ((XName name, XElement? value) in changes)
        {
            Result<Entry> changed = entry is null
                ? ErrorCode.Forbidden.With("Folders keep no properties.")
                : DavProperties.Change(entry, name, value);
            if (changed.IsOk)
            {
                entry = changed.Value;
            }
            else
            {
                refused[name] = changed.Error.Code.Status;
            }
        }

        if (refused.Count == 0 && changes.Count > 0)
        {
            await StoreAsync(location, node.Opened!, entry!, ct);
        }

        await SendAsync(target, node.IsFolder, [.. changes.Select(one => one.Name).Distinct()], refused, ct);
    }

    private static List<(XName Name, XElement? Value)> Changes(XElement body)
    {
        var changes = new List<(XName Name, XElement? Value)>();
        foreach (XElement instruction in body.Elements())
        {
            bool isSet = instruction.Name == DavXml.Dav + "set";
            if (isSet || instruction.Name == DavXml.Dav + "remove")
            {
                changes.AddRange(instruction.Elements(DavXml.Dav + "prop").Elements().Select(
                    one => (one.Name, isSet ? one : null)));
            }
        }

        return changes.Count <= MaxChanges
            ? changes
            : throw ErrorCode.TooLarge.With($"{changes.Count} properties are too many for one request; the limit is {MaxChanges}.")
                .ToException();
    }

    /// <summary>The entry is put again with other properties, on condition that it is still the same.</summary>
    private async Task StoreAsync(DavLocation location, OpenedEntry before, Entry after, CancellationToken ct)
    {
        var same = new EntryCondition { MustBe = entry => entry.Equals(before.Entry) };
        Result<StoredEntry> put = await dav.Files.Copies.CopyAsync(
            request.Caller, before, location.Dataset, location.Path, after, same, ct);
        if (!put.IsOk)
        {
            throw (put.Error.Code == ErrorCode.PreconditionFailed
                ? ErrorCode.Conflict.With("The file was changed at the same time. Try again.")
                : put.Error).ToException();
        }
    }

    private async Task SendAsync(
        DavTarget target, bool isFolder, IReadOnlyList<XName> names, Dictionary<XName, int> refused, CancellationToken ct)
    {
        using var xml = new DavXml();
        xml.Begin("multistatus");
        xml.Start("response");
        xml.Text("href", DavRequest.Href(request.Http, target, target.Path?.Value ?? "", isFolder));
        foreach (IGrouping<int, XName> some in names.GroupBy(
            name => refused.Count == 0 ? StatusCodes.Status200OK : refused.GetValueOrDefault(name, StatusCodes.Status424FailedDependency)))
        {
            xml.Names(some, $"HTTP/1.1 {some.Key} {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(some.Key)}");
        }

        xml.Writer.WriteEndElement();
        xml.Writer.WriteEndElement();
        request.Http.Response.StatusCode = StatusCodes.Status207MultiStatus;
        request.Http.Response.ContentType = DavRequest.XmlType;
        await xml.SendAsync(request.Http.Response, ct);
    }
}
