namespace Hutch.Model;

/// <summary>What a page in memory knows about each of its lines; all else is read from the line when it is asked for.</summary>
/// <param name="Kind">The letter of the kind.</param>
/// <param name="KeyStart">Where its key starts: in the page's bytes, or if negative, at the complement in the page's own keys.</param>
/// <param name="KeyLength">Bytes in its key.</param>
/// <param name="LineStart">Where its line starts in the page.</param>
/// <param name="LineLength">Bytes in its line, line feed included.</param>
internal readonly record struct PageRow(byte Kind, int KeyStart, int KeyLength, int LineStart, int LineLength);
