namespace Hutch.S3.Tests.Support;

/// <summary>
/// One server for the tests of a class, each with an account of its own: <c>IClassFixture&lt;SharedDoor&gt;</c>. It is for tests that only ask; one
/// that restarts or configures its server, asks as its administrator or counts what it stores starts a <see cref="TestDoor"/>.
/// </summary>
public class SharedDoor : IAsyncLifetime
{
    private TestDoor _door = null!;

    /// <summary>With what the server is started.</summary>
    private protected virtual S3Options? Options => null;

    public async ValueTask InitializeAsync() => _door = await TestDoor.StartAsync(Options);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _door.DisposeAsync();
    }

    /// <summary>For one test.</summary>
    internal Task<TestDoor> EnterAsync() => _door.ShareAsync();
}
