using System.Runtime.InteropServices;

namespace Hutch.Client.Workspaces;

/// <summary>The format of items in the file of a <see cref="Spool{T}"/>, which no other process reads.</summary>
internal static class SpoolFormat
{
    internal static Spool<TrackedFile> Files(FolderHandle folder, int held) => new(folder, held, Write, ReadFile);

    internal static Spool<IndexRow> Rows(FolderHandle folder, int held) => new(folder, held, Write, ReadRow);

    private static void Write(BinaryWriter writer, TrackedFile file)
    {
        LocalItem item = file.Item;
        writer.Write(item.Path);
        WriteText(writer, item.LocalPath == item.Path ? null : item.LocalPath);
        writer.Write((byte)item.Kind);
        WriteValue(writer, item.Status);
        WriteText(writer, item.Target);
        WriteValue(writer, item.Hash);
        WriteOptional(writer, file.Hash);
        WriteOptional(writer, file.RestrictedMode);
        writer.Write(file.HasMode);
        writer.Write(file.Unstable);
        writer.Write(file.InUse);
        writer.Write(file.Gone);
        writer.Write(file.IsThere);
        WriteEntry(writer, file.Before);
        WriteEntry(writer, file.Origin);
    }

    private static TrackedFile ReadFile(BinaryReader reader)
    {
        string path = reader.ReadString();
        var item = new LocalItem(
            path,
            ReadText(reader) ?? path,
            (LocalKind)reader.ReadByte(),
            ReadValue<FileStatus>(reader),
            ReadText(reader),
            ReadValue<BlobHash>(reader));
        (BlobHash? hash, int? mode) = (ReadOptional<BlobHash>(reader), ReadOptional<int>(reader));
        (bool hasMode, bool unstable, bool inUse) = (reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadBoolean());
        (bool gone, bool isThere) = (reader.ReadBoolean(), reader.ReadBoolean());
        return new TrackedFile(item, ReadEntry(reader))
        {
            Hash = hash,
            RestrictedMode = mode,
            HasMode = hasMode,
            Unstable = unstable,
            InUse = inUse,
            Gone = gone,
            IsThere = isThere,
            Origin = ReadEntry(reader),
        };
    }

    private static void Write(BinaryWriter writer, IndexRow row)
    {
        writer.Write(row.P);
        writer.Write(row.S);
        writer.Write(row.M);
        writer.Write(row.C);
        writer.Write(row.I);
        WriteOptional(writer, row.H);
        writer.Write(row.T);
    }

    private static IndexRow ReadRow(BinaryReader reader) => new(
        reader.ReadString(),
        reader.ReadInt64(),
        reader.ReadInt64(),
        reader.ReadInt64(),
        reader.ReadUInt64(),
        ReadOptional<BlobHash>(reader),
        reader.ReadInt64());

    private static void WriteEntry(BinaryWriter writer, EntryInfo? entry)
    {
        WriteText(writer, entry?.Path);
        if (entry is null)
        {
            return;
        }

        writer.Write(entry.Kind);
        WriteOptional(writer, entry.Hash);
        WriteOptional(writer, entry.Size);
        WriteText(writer, entry.Target);
        WriteOptional(writer, entry.Modified);
        WriteOptional(writer, entry.Executable);
        WriteText(writer, entry.ContentType);
        writer.Write(entry.Metadata?.Count ?? -1);
        foreach ((string name, string value) in entry.Metadata ?? new Dictionary<string, string>())
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    private static EntryInfo? ReadEntry(BinaryReader reader) => ReadText(reader) is not { } path
        ? null
        : new EntryInfo
        {
            Path = path,
            Kind = reader.ReadString(),
            Hash = ReadOptional<BlobHash>(reader),
            Size = ReadOptional<long>(reader),
            Target = ReadText(reader),
            Modified = ReadOptional<long>(reader),
            Executable = ReadOptional<bool>(reader),
            ContentType = ReadText(reader),
            Metadata = ReadMetadata(reader),
        };

    private static Dictionary<string, string>? ReadMetadata(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        if (count < 0)
        {
            return null;
        }

        var metadata = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            metadata.Add(reader.ReadString(), reader.ReadString());
        }

        return metadata;
    }

    private static void WriteText(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null)
        {
            writer.Write(text);
        }
    }

    private static string? ReadText(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;

    private static void WriteOptional<T>(BinaryWriter writer, T? value)
        where T : unmanaged
    {
        writer.Write(value is not null);
        if (value is { } there)
        {
            WriteValue(writer, there);
        }
    }

    private static T? ReadOptional<T>(BinaryReader reader)
        where T : unmanaged => reader.ReadBoolean() ? ReadValue<T>(reader) : null;

    private static void WriteValue<T>(BinaryWriter writer, T value)
        where T : unmanaged => writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    private static T ReadValue<T>(BinaryReader reader)
        where T : unmanaged
    {
        T value = default;
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }
}
