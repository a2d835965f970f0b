using System.Collections.Concurrent;
using Hutch.Client.Http;
using Hutch.Mount.Contents;
using Hutch.Mount.Protocol;
using Hutch.Mount.Trees;

namespace Hutch.Mount;

/// <summary>A dataset as a read-only file system: answers the kernel's requests from its tree and its contents.</summary>
internal sealed class DatasetFileSystem : IFuseFileSystem
{
    /// <summary>The extended attribute with the SHA-256 of a file, in hexadecimal digits.</summary>
    internal const string HashAttribute = "user.hutch.sha256";

    private const uint AccessMode = 3; // O_ACCMODE
    private const uint DirectReads = 1; // FOPEN_DIRECT_IO
    private const uint KeepPages = 2; // FOPEN_KEEP_CACHE
    private const uint KeepNames = 8; // FOPEN_CACHE_DIR

    private static readonly TimeSpan Forever = TimeSpan.FromDays(365);
    private static readonly TimeSpan AMoment = TimeSpan.FromSeconds(1);

    private readonly DatasetTree _tree;
    private readonly BlobReaders _readers;
    private readonly Totals _totals;
    private readonly Action<string> _notice;
    private readonly NodeTable _nodes = new();
    private readonly ConcurrentDictionary<ulong, object> _open = new();
    private ulong _lastHandle;

    internal DatasetFileSystem(DatasetTree tree, BlobReaders readers, Totals totals, Action<string> notice)
    {
        (_tree, _readers, _totals, _notice) = (tree, readers, totals, notice);
        NameLifetime = tree.IsFixed ? Forever : AMoment;
    }

    /// <summary>The time for which the kernel may take a name for what it was.</summary>
    private TimeSpan NameLifetime { get; }

    public async ValueTask<FuseReply> AnswerAsync(FuseRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await DispatchAsync(request, cancellationToken);
        }
        catch (Exception e) when (e is HutchException or VerificationException or ServerUnreachableException or BadAnswerException
            or TimeoutException or IOException or HttpRequestException)
        {
            _notice(e.Message);
            return FuseReply.Failed(ErrorOf(e));
        }
    }

    private static FuseError ErrorOf(Exception e) => e is not HutchException refusal ? FuseError.InputOutput
        : refusal.Error.Code.Status switch
        {
            401 or 403 => FuseError.NoAccess,
            404 or 410 or 412 => FuseError.Stale, // it was there when it was opened
            _ => FuseError.InputOutput,
        };

    private ValueTask<FuseReply> DispatchAsync(FuseRequest request, CancellationToken cancellationToken)
    {
        switch (request.Opcode)
        {
            case FuseOpcode.Initialise:
                return new(FuseInit.Answer(request) is { } answer ? FuseReply.With(answer) : FuseReply.Failed(FuseError.Invalid));
            case FuseOpcode.Forget or FuseOpcode.ForgetMany:
                foreach ((ulong id, ulong lookups) in request.Forgotten)
                {
                    _nodes.Forget(id, lookups);
                }

                return new(FuseReply.Done);
            case FuseOpcode.Release or FuseOpcode.ReleaseFolder:
                return ReleaseAsync(request.Handle, cancellationToken);
            case FuseOpcode.FileSystemStatus:
                return new(FuseReply.With(FuseStatus.Write(_totals.Bytes, _totals.Files)));
            case FuseOpcode.Destroy:
                return new(FuseReply.Done);
            case FuseOpcode.SetAttributes or FuseOpcode.SymbolicLink or FuseOpcode.MakeNode or FuseOpcode.MakeFolder
                or FuseOpcode.Unlink or FuseOpcode.RemoveFolder or FuseOpcode.Rename or FuseOpcode.Rename2 or FuseOpcode.Link
                or FuseOpcode.Write or FuseOpcode.Create or FuseOpcode.SetExtendedAttribute or FuseOpcode.RemoveExtendedAttribute
                or FuseOpcode.Allocate:
                return new(FuseReply.Failed(FuseError.ReadOnly));
            default:
                return _nodes.Find(request.Node) is { } node
                    ? AnswerAsync(request, node, cancellationToken)
                    : new(FuseReply.Failed(FuseError.Stale));
        }
    }

    private ValueTask<FuseReply> AnswerAsync(FuseRequest request, Node node, CancellationToken cancellationToken) => request.Opcode switch
    {
        FuseOpcode.Lookup => LookUpAsync(node, request.Name, cancellationToken),
        FuseOpcode.GetAttributes => new(FuseReply.With(AttributesOf(node).ToAttributes(LifetimeOf(node.Facts)))),
        FuseOpcode.ReadLink => new(node.Facts.Target is { } target
            ? FuseReply.With(Encoding.UTF8.GetBytes(target))
            : FuseReply.Failed(FuseError.Invalid)),
        FuseOpcode.Open => new(Open(request, node)),
        FuseOpcode.Read => ReadAsync(request, cancellationToken),
        FuseOpcode.OpenFolder => OpenFolderAsync(node, cancellationToken),
        FuseOpcode.ReadFolder => ReadFolderAsync(request, node, withEntries: false, cancellationToken),
        FuseOpcode.ReadFolderWithAttributes => ReadFolderAsync(request, node, withEntries: true, cancellationToken),
        FuseOpcode.GetExtendedAttribute => new(GetAttribute(request, node.Facts)),
        FuseOpcode.ListExtendedAttributes => new(ListAttributes(request, node.Facts)),
        _ => new(FuseReply.Failed(FuseError.NotImplemented)),
    };

    private async ValueTask<FuseReply> LookUpAsync(Node folder, string? name, CancellationToken cancellationToken)
    {
        if (folder.Facts.Type != EntryType.Folder)
        {
            return FuseReply.Failed(FuseError.NotFolder);
        }

        if (name is null || await _tree.FindAsync(folder.Path, name, cancellationToken) is not { } facts)
        {
            return FuseReply.With(FuseAttributes.NoEntry(NameLifetime));
        }

        byte[] body = new byte[FuseAttributes.EntryBytes];
        WriteEntry(body, folder, name, facts);
        return FuseReply.With(body);
    }

    private void WriteEntry(Span<byte> body, Node folder, string name, in EntryFacts facts)
    {
        Node node = _nodes.LookUp(folder, name, facts);
        AttributesOf(node).WriteEntry(body, node.Id, NameLifetime, LifetimeOf(facts));
    }

    // A node never changes; only a file that is not hashed may grow without a sign.
    private TimeSpan LifetimeOf(in EntryFacts facts) =>
        _tree.IsFixed || facts.Type != EntryType.File || facts.Hash is not null ? Forever : AMoment;

    private FuseAttributes AttributesOf(Node node) => new(
        node.Inode,
        node.Facts.Size,
        node.Facts.ModifiedNanoseconds != 0 ? node.Facts.ModifiedNanoseconds : _totals.Created,
        ModeOf(node.Facts),
        _totals.Owner,
        _totals.Group);

    private static uint ModeOf(in EntryFacts facts) => facts.Type switch
    {
        EntryType.Folder => FuseAttributes.FolderType | 0x16D, // 0555
        EntryType.Link => FuseAttributes.LinkType | 0x1FF,
        _ => FuseAttributes.FileType | (facts.Executable ? 0x16Du : 0x124u), // 0555 or 0444
    };

    private FuseReply Open(FuseRequest request, Node node)
    {
        if ((request.Flags & AccessMode) != 0)
        {
            return FuseReply.Failed(FuseError.ReadOnly);
        }

        if (node.Facts.Type != EntryType.File)
        {
            return FuseReply.Failed(node.Facts.Type == EntryType.Folder ? FuseError.IsFolder : FuseError.Invalid);
        }

        var content = new FileContent(node.Path, node.Facts.Hash, node.Facts.Size);
        BlobReader reader = _readers.Open(content, out bool mayKeepPages);
        return Opened(new OpenFile(content, reader), content.Hash is null ? DirectReads : mayKeepPages ? KeepPages : 0);
    }

    private FuseReply Opened(object opened, uint flags)
    {
        ulong handle = Interlocked.Increment(ref _lastHandle);
        _open[handle] = opened;
        byte[] body = new byte[16];
        var writer = new FuseWriter(body);
        writer.U64(handle);
        writer.U32(flags);
        return FuseReply.With(body);
    }

    private async ValueTask<FuseReply> ReleaseAsync(ulong handle, CancellationToken cancellationToken)
    {
        if (_open.TryRemove(handle, out object? opened) && opened is OpenFile file)
        {
            await _readers.CloseAsync(file.Content, file.Reader, cancellationToken);
        }

        return FuseReply.Done;
    }

    private async ValueTask<FuseReply> ReadAsync(FuseRequest request, CancellationToken cancellationToken)
    {
        if (_open.GetValueOrDefault(request.Handle) is not OpenFile file)
        {
            return FuseReply.Failed(FuseError.Invalid);
        }

        FilePart part = await file.ReadAsync(request.Offset, request.Size, cancellationToken);
        return FuseReply.With(part.Bytes, part.Block);
    }

    private async ValueTask<FuseReply> OpenFolderAsync(Node node, CancellationToken cancellationToken) =>
        node.Facts.Type == EntryType.Folder
            ? Opened(await _tree.OpenAsync(node.Path, cancellationToken), _tree.IsFixed ? KeepNames | KeepPages : 0)
            : FuseReply.Failed(FuseError.NotFolder);

    // Offsets: 0 is the folder itself, 1 the one above it, then its entries in their order.
    private async ValueTask<FuseReply> ReadFolderAsync(
        FuseRequest request, Node folder, bool withEntries, CancellationToken cancellationToken) =>
        _open.GetValueOrDefault(request.Handle) is GrowingListing listing
            ? ReadFolder(request, folder, withEntries, await listing.ReadAsync(request.Offset - 2, cancellationToken))
            : FuseReply.Failed(FuseError.Invalid);

    private FuseReply ReadFolder(FuseRequest request, Node folder, bool withEntries, FolderListing listing)
    {
        var buffer = new FuseFolderBuffer(request.Size);
        for (long offset = request.Offset; offset < listing.Count + 2L; offset++)
        {
            bool isDots = offset < 2;
            ReadOnlySpan<byte> name = offset switch { 0 => "."u8, 1 => ".."u8, _ => listing.NameOf((int)offset - 2) };
            if (!buffer.HasRoom(name, withEntries))
            {
                break;
            }

            EntryFacts facts = isDots ? EntryFacts.Folder : listing.FactsOf((int)offset - 2);
            if (withEntries)
            {
                Span<byte> entry = buffer.AddEntry();
                if (!isDots)
                {
                    WriteEntry(entry, folder, Encoding.UTF8.GetString(name), facts);
                }
            }

            ulong inode = isDots ? (offset == 0 ? folder : folder.Parent ?? folder).Inode : Inodes.NumberOf(folder.Inode, name, facts.Hash);
            buffer.Add(name, inode, offset + 1, ModeOf(facts) & FuseAttributes.TypeBits);
        }

        return FuseReply.With(buffer.Body);
    }

    private static FuseReply GetAttribute(FuseRequest request, in EntryFacts facts) =>
        request.Name == HashAttribute && facts.Hash is { } hash
            ? Sized(request.Size, Encoding.ASCII.GetBytes(hash.ToString()))
            : FuseReply.Failed(FuseError.NoData);

    private static FuseReply ListAttributes(FuseRequest request, in EntryFacts facts) =>
        Sized(request.Size, facts.Hash is null ? [] : Encoding.ASCII.GetBytes(HashAttribute + "\0"));

    private static FuseReply Sized(int capacity, byte[] value)
    {
        if (capacity > 0)
        {
            return value.Length <= capacity ? FuseReply.With(value) : FuseReply.Failed(FuseError.Range);
        }

        byte[] body = new byte[8];
        new FuseWriter(body).U32((uint)value.Length);
        return FuseReply.With(body);
    }

    /// <summary>Facts about the mount as a whole.</summary>
    /// <param name="Created">The time of folders, in nanoseconds since 1970.</param>
    internal sealed record Totals(long Bytes, long Files, long Created, uint Owner, uint Group);
}
