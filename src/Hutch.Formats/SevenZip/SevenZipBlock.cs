namespace Hutch.Formats.SevenZip;

/// <summary>The content of one or more files, behind each other and packed together: a <i>folder</i> in the words of the format.</summary>
/// <param name="Coder">How it is packed.</param>
/// <param name="Properties">The parameters of the coder.</param>
internal sealed record SevenZipBlock(SevenZipCoder Coder, byte[] Properties)
{
    /// <summary>The number of its packed pieces in the archive: one, unless the coder has several inputs.</summary>
    public required int Pieces { get; init; }

    /// <summary>The number of sizes that the list has for it: one for each output of a coder.</summary>
    public required int Outputs { get; init; }

    /// <summary>The output that is the content.</summary>
    public required int MainOutput { get; init; }

    /// <summary>The place of its first piece in the archive.</summary>
    public long Offset { get; set; }

    public long PackedBytes { get; set; }

    public long UnpackedBytes { get; set; }

    public uint? Checksum { get; set; }

    public static SevenZipBlock Read(ref SevenZipReader reader)
    {
        const int MaxCoders = 4;
        long coders = reader.Number();
        if (coders is < 1 or > MaxCoders)
        {
            throw SevenZipReader.Refuse($"A block has {coders} coders");
        }

        (long inputs, long outputs) = (0, 0);
        SevenZipCoder coder = SevenZipCoder.Other;
        byte[] properties = [];
        for (int i = 0; i < coders; i++)
        {
            byte flags = reader.Byte();
            ReadOnlySpan<byte> id = reader.Bytes(flags & 0x0F);
            bool isComplex = (flags & 0x10) != 0;
            inputs += isComplex ? reader.Number() : 1;
            outputs += isComplex ? reader.Number() : 1;
            properties = (flags & 0x20) != 0 ? reader.Bytes(reader.Number()).ToArray() : [];
            coder = coders == 1 && !isComplex ? CoderOf(id) : SevenZipCoder.Other;
        }

        return Connect(ref reader, inputs, outputs, new SevenZipBlock(coder, properties) { Pieces = 1, Outputs = 1, MainOutput = 0 });
    }

    private static SevenZipCoder CoderOf(ReadOnlySpan<byte> id) => id switch
    {
        [0] => SevenZipCoder.Copy,
        [3, 1, 1] => SevenZipCoder.Lzma,
        _ => SevenZipCoder.Other,
    };

    /// <summary>Reads which inputs of coders are outputs of others. The one output that is none of them is the content.</summary>
    private static SevenZipBlock Connect(ref SevenZipReader reader, long inputs, long outputs, SevenZipBlock block)
    {
        const int MaxStreams = 32;
        if (inputs is < 1 or > MaxStreams || outputs is < 1 or > MaxStreams || inputs < outputs - 1)
        {
            throw SevenZipReader.Refuse($"The coders of a block have {inputs} inputs and {outputs} outputs");
        }

        int pieces = (int)(inputs - outputs + 1);
        int main = (int)(outputs * (outputs - 1) / 2);
        for (int i = 0; i < outputs - 1; i++)
        {
            reader.Number();
            main -= (int)Math.Min(reader.Number(), outputs);
        }

        for (int i = 0; pieces > 1 && i < pieces; i++)
        {
            reader.Number();
        }

        return main >= 0 && main < outputs && pieces > 0
            ? block with { Pieces = pieces, Outputs = (int)outputs, MainOutput = main }
            : throw SevenZipReader.Refuse("The coders of a block are connected in a circle");
    }
}

/// <summary>The ways of packing that matter here.</summary>
internal enum SevenZipCoder
{
    Other,

    /// <summary>Stored as it is.</summary>
    Copy,

    Lzma,
}
