using System.Buffers.Binary;
using System.Text;

namespace Hutch.Cluster.Tests.Support;

/// <summary>Cuts what a program sends to PostgreSQL into messages (protocol 3), and says which of them has which statement executed.</summary>
internal sealed class FrontendMessages
{
    private const int EncryptionRequests = 80877103;
    private const int LengthBytes = 4;

    private readonly Dictionary<string, string> _prepared = [];
    private bool _isStarted;
    private string _bound = "";

    /// <summary>The next message; null at the end.</summary>
    public async Task<FrontendMessage?> ReadAsync(Stream from, CancellationToken ct)
    {
        int typeBytes = _isStarted ? 1 : 0;
        var head = new byte[typeBytes + LengthBytes];
        if (await from.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct) < head.Length)
        {
            return null;
        }

        var bytes = new byte[typeBytes + BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(typeBytes))];
        head.CopyTo(bytes, 0);
        await from.ReadExactlyAsync(bytes.AsMemory(head.Length), ct);
        if (!_isStarted)
        {
            // Requests for encryption are answered with a refusal, and the start follows.
            _isStarted = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(LengthBytes)) < EncryptionRequests - 1;
            return new FrontendMessage(bytes, null);
        }

        return new FrontendMessage(bytes, StatementOf(bytes));
    }

    private string? StatementOf(byte[] message)
    {
        int at = 1 + LengthBytes;
        switch ((char)message[0])
        {
            case 'P':
                string name = Text(message, ref at);
                _prepared[name] = Text(message, ref at);
                return null;
            case 'B':
                _ = Text(message, ref at);
                _bound = _prepared[Text(message, ref at)];
                return null;
            case 'E':
                return _bound;
            case 'Q':
                return Text(message, ref at);
            default:
                return null;
        }
    }

    private static string Text(byte[] message, ref int at)
    {
        int end = Array.IndexOf(message, (byte)0, at);
        string text = Encoding.UTF8.GetString(message, at, end - at);
        at = end + 1;
        return text;
    }
}

/// <summary>A message, and the statement that it has executed.</summary>
internal sealed record FrontendMessage(byte[] Bytes, string? Statement);
