using System.Security.Cryptography;

namespace Hutch.Bench.S3;

/// <summary>Objects of one size, and the requests that write and read them.</summary>
/// <param name="Size">Bytes of each.</param>
/// <param name="Count">How many.</param>
internal sealed record StoredObjects(int Size, int Count)
{
    private const int FillConnections = 8;
    private const int MinWarmUps = 4, MaxWarmUps = 12;
    private const double NoLongerFaster = 1.03;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>The path of one of them.</summary>
    public string PathOf(int i) => $"/{S3Target.Bucket}/{Size}-{i:D6}";

    /// <summary>A request for each of them; PUT is one with a body.</summary>
    public LoadRequest[] Requests(S3Target target, string method) =>
        [.. Enumerable.Range(0, Count).Select(i => method == "PUT" ? Upload(target, i) : Plain(target, method, i))];

    /// <summary>A request without a body.</summary>
    public LoadRequest Plain(S3Target target, string method, int i) =>
        new(RequestBook.Head(target, method, PathOf(i), []), HasBody: false, HasAnswerBody: method != "HEAD");

    /// <summary>A request that stores one.</summary>
    public LoadRequest Upload(S3Target target, int i)
    {
        byte[] stamp = RandomNumberGenerator.GetBytes(LoadRequest.StampBytes);
        return new LoadRequest([.. RequestBook.Head(target, "PUT", PathOf(i), [], Size), .. stamp], HasBody: true, HasAnswerBody: true);
    }

    /// <summary>Stores each of them once.</summary>
    public void Fill(S3Target target, byte[] body) =>
        LoadDriver.Run(target, Requests(target, "PUT"), body, Math.Min(FillConnections, Count), limit: null);

    /// <summary>Lets a server get warm with some of them: with those it stores and reads first.</summary>
    public static void Warm(S3Target target, int size)
    {
        StoredObjects few = new(size, FillConnections);
        byte[] body = RandomNumberGenerator.GetBytes(size);
        few.Fill(target, body);
        few.Warm(target, "PUT", body);
        few.Warm(target, "GET", body);
    }

    /// <summary>Until it gets no faster: a server that compiles as it runs is half as fast in its first seconds as in the days after.</summary>
    public void Warm(S3Target target, string method, byte[] body)
    {
        LoadRequest[] requests = Requests(target, method);
        double best = 0;
        for (int i = 0; i < MaxWarmUps; i++)
        {
            double rate = LoadDriver.Run(target, requests, body, FillConnections, WarmUp).Rate;
            if (i >= MinWarmUps && rate < best * NoLongerFaster)
            {
                return;
            }

            best = Math.Max(best, rate);
        }
    }
}
