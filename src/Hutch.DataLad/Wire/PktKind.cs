namespace Hutch.DataLad.Wire;

/// <summary>The kind of a packet line (gitprotocol-common, gitprotocol-v2).</summary>
internal enum PktKind
{
    Data,

    /// <summary><c>0000</c>: the end of a message.</summary>
    Flush,

    /// <summary><c>0001</c>: between the sections of a message.</summary>
    Delimiter,

    /// <summary><c>0002</c>: the end of a response.</summary>
    ResponseEnd,

    /// <summary>Not a line: the input ends in the middle of one, or does not begin like one.</summary>
    Broken,

    End,
}
