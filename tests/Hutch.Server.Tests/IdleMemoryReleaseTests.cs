namespace Hutch.Server.Tests;

/// <summary>Memory is given back once after each load, and never during one.</summary>
public sealed class IdleMemoryReleaseTests
{
    private readonly IdleMemoryRelease _memory;
    private long _allocated;
    private int _given;

    public IdleMemoryReleaseTests() => _memory = new IdleMemoryRelease(() => _allocated, () => _given++, TimeProvider.System);

    [Fact]
    public void It_is_given_back_once_when_a_load_is_over()
    {
        Look(IdleMemoryRelease.WorthwhileBytes);
        Assert.Equal(0, _given);

        Look(IdleMemoryRelease.RestBytes - 1);
        Look(0);

        Assert.Equal(1, _given);
    }

    [Fact]
    public void During_a_load_nothing_is_collected()
    {
        for (int i = 0; i < 100; i++)
        {
            Look(IdleMemoryRelease.RestBytes);
        }

        Assert.Equal(0, _given);
    }

    [Fact]
    public void Idle_allocations_add_up_until_a_release_is_worthwhile()
    {
        int looks = (int)(IdleMemoryRelease.WorthwhileBytes / (IdleMemoryRelease.RestBytes / 2));
        for (int i = 1; i < looks; i++)
        {
            Look(IdleMemoryRelease.RestBytes / 2);
        }

        Assert.Equal(0, _given);
        Look(IdleMemoryRelease.RestBytes / 2);
        Assert.Equal(1, _given);
    }

    private void Look(long allocatedSince)
    {
        _allocated += allocatedSince;
        _memory.Check();
    }
}
