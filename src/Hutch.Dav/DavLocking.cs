using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Xml.Linq;
using Hutch.Site.Write.Entries;

namespace Hutch.Dav;

/// <summary>LOCK and UNLOCK: exclusive write locks of one account.</summary>
internal sealed class DavLocking(DavContext dav, DoorRequest request, DavIf condition)
{
    private const int MaxOwnerCharacters = 1024;
    private const string TokenPrefix = "hutch:";
    private const int TokenBytes = 16;

    public async Task LockAsync(DavTarget target, CancellationToken ct)
    {
        DavLocation location = await DavLocation.FindAsync(dav, request, target, ct);
        location.RequireMet();
        XElement? body = await DavXml.ReadAsync(request);
        if (body is null)
        {
            DavLock extended = dav.Locks.Refresh(location.Dataset, location.Key, User, condition.Tokens, Timeout())
                ?? throw ErrorCode.PreconditionFailed.With(
                    "There is no lock of yours to extend here. LOCK without a body needs its token in the header If.").ToException();
            await SendAsync(extended, target, ct);
            return;
        }

        bool isDeep = request.Header("Depth") switch
        {
            null or "infinity" => true,
            "0" => false,
            _ => throw ErrorCode.BadRequest.With("The Depth of a lock must be 0 or infinity.").ToException(),
        };
        string? owner = OwnerOf(body);
        if (location.Node is null)
        {
            await location.RequireParentAsync(ct);
            location.RequireUnlocked(condition, isDeep: false, isOfMember: true);
        }

        string token = TokenPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var wanted = new DavLock(token, location.Dataset, location.Key, isDeep, User, owner);
        (DavLock taken, bool isTaken) = dav.Locks.Take(wanted, Timeout());
        if (!isTaken)
        {
            throw DavErrors.OfLock(taken).ToException();
        }

        bool isNew = location.Node is null && await CreateAsync(location, taken, ct);
        request.Http.Response.Headers["Lock-Token"] = $"<{taken.Token}>";
        request.Http.Response.StatusCode = isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        await SendAsync(taken, target, ct);
    }

    public async Task UnlockAsync(DavTarget target, CancellationToken ct)
    {
        // The brackets are missing in the requests of webdav, the client for Node.js, whose files would stay locked.
        string token = request.Header("Lock-Token")?.Trim() is { Length: > 0 } sent
            ? sent is ['<', .. { } inner, '>'] ? inner : sent
            : throw ErrorCode.BadRequest.With("The header Lock-Token is missing: it has the token of the lock.").ToException();
        DavVersion version = await DavVersion.FindAsync(dav, request, target, ct);
        version.RequireMet(target, await version.FindAsync(target.Path, ct));
        DavLock? held = dav.Locks.Find(version.Dataset, target.Path?.Value ?? "");
        HutchError? refusal = held is null || (held.User == User && held.Token != token)
            ? ErrorCode.PathConflict.With("The lock with this token is not one of this file or folder.")
            : held.User != User ? ErrorCode.Forbidden.With("The lock belongs to another account.")
            : null;
        if (refusal is not null)
        {
            throw refusal.ToException();
        }

        dav.Locks.Release(held!);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private string User => DavLock.UserOf(request.Caller);

    /// <summary>The description of the owner in the request, which must be for an exclusive write lock.</summary>
    private static string? OwnerOf(XElement body)
    {
        bool isExclusive = body.Element(DavXml.Dav + "lockscope")?.Element(DavXml.Dav + "exclusive") is not null;
        if (body.Name != DavXml.Dav + "lockinfo" || body.Element(DavXml.Dav + "locktype")?.Element(DavXml.Dav + "write") is null)
        {
            throw ErrorCode.InvalidBody.With("The body must be a `lockinfo` for a `write` lock.").ToException();
        }

        string? owner = body.Element(DavXml.Dav + "owner")?.ToString(SaveOptions.DisableFormatting);
        return !isExclusive ? throw DavErrors.ReadOnly.With("Only exclusive locks are given.").ToException()
            : owner?.Length > MaxOwnerCharacters
            ? throw ErrorCode.TooLarge.With($"The owner of a lock has at most {MaxOwnerCharacters} characters.").ToException()
            : owner;
    }

    /// <summary>The first of the times that the client wants; null for the longest.</summary>
    private TimeSpan? Timeout() =>
        request.Header("Timeout")?.Split(',')[0].Trim() is { } text && text.StartsWith("Second-", StringComparison.OrdinalIgnoreCase)
        && uint.TryParse(text["Second-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds)
            ? TimeSpan.FromSeconds(Math.Max(1, seconds))
            : null;

    /// <summary>Creates an empty file for a lock of a new name (RFC 4918 section 7.3). Without it, there is no lock either.</summary>
    private async Task<bool> CreateAsync(DavLocation location, DavLock taken, CancellationToken ct)
    {
        var empty = new PutFile
        {
            Path = location.Path,
            Body = PipeReader.Create(ReadOnlySequence<byte>.Empty),
            Length = 0,
            Attributes = new Entry { Kind = EntryKind.File },
            Condition = new EntryCondition { MustNotExist = true },
        };
        Result<StoredEntry> put = await dav.Files.Changes.PutFileAsync(request.Caller, location.Dataset, empty, ct);
        if (put.IsOk || put.Error.Code == ErrorCode.PreconditionFailed)
        {
            return put.IsOk;
        }

        dav.Locks.Release(taken);
        throw put.Error.ToException();
    }

    private async Task SendAsync(DavLock held, DavTarget target, CancellationToken ct)
    {
        using var xml = new DavXml();
        xml.Begin("prop");
        xml.Start("lockdiscovery");
        xml.WriteLock(held, DavRequest.LockRoot(request.Http, target, held), request.Caller);
        xml.Writer.WriteEndElement();
        xml.Writer.WriteEndElement();
        request.Http.Response.ContentType = DavRequest.XmlType;
        await xml.SendAsync(request.Http.Response, ct);
    }
}
