namespace Hutch.Storage;

/// <summary>
/// The disk failed to read stored bytes. They may be whole: unlike damaged ones (<see cref="QuarantinedException"/>) they are not given up,
/// and the next who asks tries again.
/// </summary>
public sealed class MemberUnreadableException(string message, Exception inner) : IOException(message, inner);
