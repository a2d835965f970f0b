namespace Hutch.Formats.Hdf5Structure;

/// <summary>
/// The beginning of an HDF5 file: superblock, groups, attributes, small values, and where the rest is. It is generated rather than written
/// by libhdf5, which can put no chunk where it already is. The same calls make the same bytes on every machine: there are no times in it,
/// and addresses have a fixed length, so that its length does not depend on them. Format of
/// https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html, readable by libhdf5 1.8 and later.
/// </summary>
/// <remarks>Not thread-safe. What HDF5 cannot hold throws <see cref="InvalidDataException"/>.</remarks>
internal sealed class Hdf5Head : IHdf5Tree
{
    private const int SuperblockBytes = 48;
    private const int ChecksumBytes = sizeof(uint);

    /// <summary>Larger values are outside the header of their object, whose messages have two bytes for their length.</summary>
    private const int MaxCompactBytes = 32 << 10;

    private readonly Node _root = new();

    public void Group(string path, string? nexusClass = null)
    {
        Node group = Open(path);
        if (nexusClass is not null)
        {
            AddAttribute(group, path, "NX_class", nexusClass);
        }
    }

    public void GroupAttribute(string path, string name, object value) => AddAttribute(Open(path), path, name, value);

    public void Value(string path, object value, params (string Name, object Value)[] attributes) =>
        Add(path, new Node { Value = Hdf5Value.From(value) }, attributes);

    /// <summary>Names a data set whose bytes are elsewhere in the file.</summary>
    public void Stored(string path, Hdf5Stored stored, params (string Name, object Value)[] attributes) =>
        Add(path, new Node { Stored = stored }, attributes);

    /// <summary>The bytes, with the addresses that are known by now.</summary>
    public byte[] Write(long fileBytes)
    {
        using var to = new MemoryStream();
        to.SetLength(SuperblockBytes);
        to.Position = SuperblockBytes;
        ulong root = WriteObject(to, _root);
        byte[] bytes = to.ToArray();
        WriteSuperblock(bytes.AsSpan(0, SuperblockBytes), root, (ulong)fileBytes);
        return bytes;
    }

    private static void WriteSuperblock(Span<byte> to, ulong root, ulong fileBytes)
    {
        Hdf5Signature.Bytes.CopyTo(to);
        to[8] = 2; // version
        to[9] = sizeof(ulong); // bytes of an address
        to[10] = sizeof(ulong); // bytes of a length
        to[11] = 0;
        BinaryPrimitives.WriteUInt64LittleEndian(to[12..], 0); // where address 0 is
        BinaryPrimitives.WriteUInt64LittleEndian(to[20..], Hdf5Messages.NoAddress); // no extension
        BinaryPrimitives.WriteUInt64LittleEndian(to[28..], fileBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(to[36..], root);
        BinaryPrimitives.WriteUInt32LittleEndian(to[44..], Lookup3.Compute(to[..44]));
    }

    /// <summary>Writes what an object contains, then its header. Returns where that is.</summary>
    private static ulong WriteObject(MemoryStream to, Node node)
    {
        var messages = new List<(byte Type, byte[] Data)>();
        if (node.Value is { } value)
        {
            AddData(messages, value.Type, value.Shape, Hdf5Messages.FillValue(), WriteValue(to, value));
        }
        else if (node.Stored is { } stored)
        {
            AddStored(messages, stored);
        }
        else
        {
            messages.Add((Hdf5Messages.LinkInfoType, Hdf5Messages.LinkInfo()));
            messages.Add((Hdf5Messages.GroupInfoType, Hdf5Messages.GroupInfo()));
            messages.AddRange(node.Children.Select(
                child => (Hdf5Messages.LinkType, Hdf5Messages.Link(Encoding.UTF8.GetBytes(child.Key), WriteObject(to, child.Value)))));
        }

        messages.AddRange(node.Attributes.Select(
            attribute => (Hdf5Messages.AttributeType, Hdf5Messages.Attribute(Encoding.UTF8.GetBytes(attribute.Key), attribute.Value))));
        return WriteHeader(to, messages);
    }

    private static byte[] WriteValue(MemoryStream to, Hdf5Value value)
    {
        if (value.Bytes.Length <= MaxCompactBytes)
        {
            return Hdf5Messages.Compact(value.Bytes);
        }

        byte[] layout = Hdf5Messages.Contiguous((ulong)to.Position, (ulong)value.Bytes.Length);
        to.Write(value.Bytes);
        return layout;
    }

    private static void AddStored(List<(byte Type, byte[] Data)> messages, Hdf5Stored stored)
    {
        byte[] type = stored.TextBytes is { } width ? Hdf5Messages.Text(width, isAscii: false) : Hdf5Messages.Number(stored.Type);
        if (stored.Codec is not { } codec)
        {
            byte[] piece = Hdf5Messages.Contiguous(stored.Address, stored.Bytes);
            AddData(messages, type, stored.Shape, Hdf5Messages.FillValue(), piece);
            return;
        }

        byte[] chunks = Hdf5Messages.Chunked(stored.Address, stored.ChunkShape, stored.ElementBytes);
        byte[] fill = stored.TextBytes is null ? Hdf5Messages.FillValue(stored.Type, stored.Fill) : Hdf5Messages.FillValue();
        AddData(messages, type, stored.Shape, fill, chunks);
        if (Hdf5Messages.FilterPipeline(codec, stored.ElementBytes) is { } filters)
        {
            messages.Add((Hdf5Messages.FilterPipelineType, filters));
        }
    }

    private static void AddData(List<(byte Type, byte[] Data)> messages, byte[] type, ulong[] shape, byte[] fill, byte[] layout)
    {
        messages.Add((Hdf5Messages.DataspaceType, Hdf5Messages.Dataspace(shape)));
        messages.Add((Hdf5Messages.DatatypeType, type));
        messages.Add((Hdf5Messages.FillValueType, fill));
        messages.Add((Hdf5Messages.LayoutType, layout));
    }

    private static ulong WriteHeader(MemoryStream to, List<(byte Type, byte[] Data)> messages)
    {
        const byte Version = 2, FourByteLength = 2;
        long address = to.Position;
        using (var writer = new BinaryWriter(to, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write("OHDR"u8);
            writer.Write(Version);
            writer.Write(FourByteLength);
            writer.Write(checked((uint)messages.Sum(static message => 4 + (long)message.Data.Length)));
            foreach ((byte type, byte[] data) in messages)
            {
                writer.Write(type);
                writer.Write((ushort)data.Length);
                writer.Write((byte)0);
                writer.Write(data);
            }
        }

        Span<byte> checksum = stackalloc byte[ChecksumBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(
            checksum, Lookup3.Compute(to.GetBuffer().AsSpan((int)address, (int)(to.Position - address))));
        to.Write(checksum);
        return (ulong)address;
    }

    private static void AddAttribute(Node node, string path, string name, object value)
    {
        if (!IsName(name))
        {
            throw new InvalidDataException($"'{name}' of '{path}' is not a name.");
        }

        var encoded = Hdf5Value.From(value);
        if (Hdf5Messages.Attribute(Encoding.UTF8.GetBytes(name), encoded).Length > ushort.MaxValue)
        {
            throw new InvalidDataException($"The attribute '{name}' of '{path}' is larger than 64 KiB.");
        }

        if (!node.Attributes.TryAdd(name, encoded))
        {
            throw new InvalidDataException($"'{path}' has the attribute '{name}' twice.");
        }
    }

    private void Add(string path, Node node, (string Name, object Value)[] attributes)
    {
        foreach ((string name, object value) in attributes)
        {
            AddAttribute(node, path, name, value);
        }

        int slash = path.LastIndexOf('/');
        string own = path[(slash + 1)..];
        if (!IsName(own) || !Open(path[..slash]).Children.TryAdd(own, node))
        {
            throw new InvalidDataException($"'{path}' is there twice, or not a name.");
        }
    }

    private Node Open(string path)
    {
        Node node = _root;
        foreach (string name in path.Length == 0 ? [] : path[1..].Split('/'))
        {
            if (!node.Children.TryGetValue(name, out Node? next))
            {
                next = new Node();
                if (!IsName(name))
                {
                    throw new InvalidDataException($"'{path}' is not a path.");
                }

                node.Children.Add(name, next);
            }

            node = next.IsGroup ? next : throw new InvalidDataException($"'{path}' goes through a data set.");
        }

        return node;
    }

    private static bool IsName(string text) =>
        text is not ("" or "." or "..") && text.AsSpan().IndexOfAny('/', '\0') < 0 && Encoding.UTF8.GetByteCount(text) <= 1024;

    private sealed class Node
    {
        public OrderedDictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);

        public OrderedDictionary<string, Hdf5Value> Attributes { get; } = new(StringComparer.Ordinal);

        public Hdf5Value? Value { get; init; }

        public Hdf5Stored? Stored { get; init; }

        public bool IsGroup => Value is null && Stored is null;
    }
}
