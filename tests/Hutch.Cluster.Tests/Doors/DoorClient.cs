using System.Net;
using System.Text;
using System.Text.Json;
using Hutch.Model;
using Hutch.Objects;
using Hutch.Objects.Http;
using Hutch.Objects.S3;
using Hutch.Testing.Histories;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>
/// Reads and writes files of one dataset through the doors of equal servers, and notes what was answered. A file has the same length
/// whatever is written.
/// </summary>
internal sealed class DoorClient(IServerDoors servers, string dataset, RegisterHistory history)
{
    /// <summary>Beyond what the log holds itself: these go to the bucket.</summary>
    private const int LargeLength = 200_000;

    private const int SmallLength = 100;

    /// <summary>What says that nothing was done and nothing will be.</summary>
    private static readonly string[] Refusals = ["unavailable", "insufficient-storage"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Whether a file goes to the bucket.</summary>
    public static bool IsLarge(string file) => file.StartsWith("large", StringComparison.Ordinal);

    /// <summary>Reads through the REST door; false without an answer.</summary>
    public async Task<bool> ReadAsync(int server, string file)
    {
        long begun = history.Tick();
        try
        {
            using HttpResponseMessage answer = await servers.GetAsync(server, $"datasets/{dataset}/entries/{file}");
            if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotFound)
            {
                history.NoteRead(file, answer.IsSuccessStatusCode ? (await answer.Content.ReadAsStringAsync(Ct)).TrimEnd() : null, begun);
                return true;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            return false;
        }
        catch (Exception e) when (IsBroken(e))
        {
            return false;
        }
    }

    /// <summary>Writes through the REST door.</summary>
    public async Task WriteAsync(int server, string file, string value)
    {
        long begun = history.Tick();
        try
        {
            using HttpResponseMessage answer = await servers.PutAsync(server, dataset, file, Content(file, value));
            if (answer.IsSuccessStatusCode)
            {
                history.NoteWritten(file, value, begun);
            }
            else if (await CodeAsync(answer) is var code && !Refusals.Contains(code))
            {
                Assert.Equal("outcome-unknown", code);
                history.NoteUnknown(file, value, begun);
            }
        }
        catch (Exception e) when (IsBroken(e))
        {
            history.NoteUnknown(file, value, begun);
        }
    }

    /// <summary>Reads through the S3 door.</summary>
    public async Task<bool> ReadS3Async(int server, string file)
    {
        var content = new byte[LengthOf(file)];
        long begun = history.Tick();
        try
        {
            using S3ObjectStore s3 = servers.S3Of(server, dataset);
            ObjectReadOutcome read = await s3.ReadAsync(file, 0, content, content.Length, servers.GoneOf(server));
            Assert.NotEqual(ObjectReadOutcome.Different, read);
            history.NoteRead(file, read == ObjectReadOutcome.Read ? Encoding.ASCII.GetString(content).TrimEnd() : null, begun);
            return true;
        }
        catch (Exception e) when (IsBroken(e))
        {
            return false;
        }
    }

    /// <summary>Writes through the S3 door, where a refusal and an unknown outcome have the same code.</summary>
    public async Task WriteS3Async(int server, string file, string value)
    {
        long begun = history.Tick();
        try
        {
            using S3ObjectStore s3 = servers.S3Of(server, dataset);
            await s3.PutAsync(file, ObjectBody.From(Encoding.ASCII.GetBytes(Content(file, value))), servers.GoneOf(server));
            history.NoteWritten(file, value, begun);
        }
        catch (Exception e) when (IsBroken(e))
        {
            history.NoteUnknown(file, value, begun);
        }
    }

    private static string Content(string file, string value) => value.PadRight(LengthOf(file));

    private static int LengthOf(string file) => IsLarge(file) ? LargeLength : SmallLength;

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct)).RootElement.GetProperty("code").GetString();

    /// <summary>The connection broke, the server was killed, or it says that it cannot.</summary>
    private static bool IsBroken(Exception e) => !Ct.IsCancellationRequested && (e
        is HttpRequestException or IOException or OperationCanceledException or ServerUnreachableException or ObjectOutcomeUnknownException
        || (e is HutchException refused && refused.Error.Code.Status >= 500));
}
