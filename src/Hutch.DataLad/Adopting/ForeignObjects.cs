using System.IO.Compression;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;
using Hutch.DataLad.Receiving;
using Hutch.DataLad.Store;
using Hutch.Disk.Folders;
using Hutch.Model.Streams;
using Microsoft.Win32.SafeHandles;

namespace Hutch.DataLad.Adopting;

/// <summary>
/// The objects of a foreign bare repository on the disk that a dataset does not have: those of its packs, and loose ones. Nothing of it is
/// trusted: an object is named by its content, and its size and the sum of all have limits. For one thread.
/// </summary>
internal sealed class ForeignObjects(FolderHandle repository, ObjectStore here) : IPushedObjects
{
    private const int FanOutLength = 2;
    private const int MaxHeadBytes = 32;

    private long _bytes;

    public void Unpack(IObjectSink sink, DataLadOptions options, CancellationToken ct)
    {
        var missing = new MissingOnly(sink, here);
        using FolderHandle? objects = repository.TryOpenFolder(RepositoryFiles.Objects);
        using FolderHandle? packs = objects?.TryOpenFolder("pack");
        foreach ((string name, FileType type) in packs is null ? [] : RepositoryFiles.List(packs))
        {
            if (type == FileType.File && name.EndsWith(".pack", StringComparison.Ordinal))
            {
                using SafeFileHandle? file = packs!.TryOpenFile(name);
                if (file is not null)
                {
                    UnpackPack(file, missing, options, ct);
                }
            }
        }

        foreach ((string name, FileType type) in objects is null ? [] : RepositoryFiles.List(objects))
        {
            if (type == FileType.Folder && name.Length == FanOutLength)
            {
                using FolderHandle? folder = objects!.TryOpenFolder(name);
                if (folder is not null)
                {
                    UnpackLoose(folder, name, missing, options, ct);
                }
            }
        }
    }

    private static void UnpackPack(SafeFileHandle file, IObjectSink sink, DataLadOptions options, CancellationToken ct)
    {
        long length = FolderHandle.Status(file).Size;
        if (length > options.MaxPushBytes)
        {
            throw TooLarge(options);
        }

        PackEntries.ReadBytes read = (destination, offset) => FolderHandle.Read(file, offset, destination);
        new PackScan(read).CheckTrailer(length, ct);
        byte[] head = new byte[GitPackWriter.HeadBytes];
        int count = PackEntries.CountOf(head.AsSpan(0, read(head, 0)), options.MaxObjects);
        long end = length - ObjectId.Size;
        new PackUnpacker(new PackEntries(read, end, options.MaxObjectBytes), count, end, sink, options.MaxPushBytes).Run(ct);
    }

    private void UnpackLoose(FolderHandle folder, string start, IObjectSink sink, DataLadOptions options, CancellationToken ct)
    {
        foreach ((string name, FileType type) in RepositoryFiles.List(folder))
        {
            ct.ThrowIfCancellationRequested();
            if (type != FileType.File || !ObjectId.TryParse(Encoding.UTF8.GetBytes(start + name), out ObjectId id) || !sink.Needs(id))
            {
                continue;
            }

            using SafeFileHandle? file = folder.TryOpenFile(name);
            if (file is null)
            {
                continue;
            }

            (ObjectKind kind, byte[] content) = ReadLoose(file, id, options);
            _bytes += content.Length;
            if (_bytes > options.MaxPushBytes)
            {
                throw TooLarge(options);
            }

            sink.Write(kind, id, content);
        }
    }

    /// <summary>Reads an object in a file of its own: a zlib stream of its kind, its size and its content.</summary>
    private static (ObjectKind Kind, byte[] Content) ReadLoose(SafeFileHandle file, ObjectId id, DataLadOptions options)
    {
        try
        {
            using var zlib = new ZLibStream(new HandleStream(file), CompressionMode.Decompress);
            Span<byte> head = stackalloc byte[MaxHeadBytes];
            int length = 0;
            do
            {
                if (length == head.Length || zlib.ReadAtLeast(head.Slice(length, 1), 1, throwOnEndOfStream: false) == 0)
                {
                    throw Damaged(id);
                }
            }
            while (head[length++] != 0);
            string[] words = Encoding.ASCII.GetString(head[..(length - 1)]).Split(' ');
            ObjectKind kind = words[0] switch
            {
                "commit" => ObjectKind.Commit,
                "tree" => ObjectKind.Tree,
                "blob" => ObjectKind.Blob,
                "tag" => ObjectKind.Tag,
                _ => throw Damaged(id),
            };
            if (words.Length != 2 || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long size))
            {
                throw Damaged(id);
            }

            if (size > options.MaxObjectBytes)
            {
                throw ErrorCode.TooLarge.With(
                    $"The object {id} has {size} bytes; the limit is {options.MaxObjectBytes} (dataLad.maxObjectBytes).").ToException();
            }

            byte[] content = new byte[size];
            return zlib.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) == size && zlib.ReadByte() < 0
                && ObjectId.Compute(kind, content) == id
                ? (kind, content)
                : throw Damaged(id);
        }
        catch (InvalidDataException)
        {
            throw Damaged(id);
        }
    }

    private static HutchException Damaged(ObjectId id) =>
        ErrorCode.Unprocessable.With($"The object {id} of the repository is damaged.").ToException();

    private static HutchException TooLarge(DataLadOptions options) => ErrorCode.TooLarge.With(
        $"The repository has more than {options.MaxPushBytes} bytes of git objects (dataLad.maxPushBytes).").ToException();

    /// <summary>Passes on the objects that the dataset does not have.</summary>
    private sealed class MissingOnly(IObjectSink sink, ObjectStore here) : IObjectSink
    {
        public bool Needs(ObjectId id) => sink.Needs(id) && !here.Has(id);

        public void Write(ObjectKind kind, ObjectId id, ReadOnlySpan<byte> content) => sink.Write(kind, id, content);
    }

    private sealed class HandleStream(SafeFileHandle file) : ForwardStream
    {
        private long _at;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _at;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            int read = FolderHandle.Read(file, _at, buffer);
            _at += read;
            return read;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Read(buffer.Span));
    }
}
