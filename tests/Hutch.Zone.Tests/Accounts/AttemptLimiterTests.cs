using System.Globalization;
using System.Net;
using Hutch.Model;
using Hutch.Testing.Clocks;
using Hutch.Zone.Credentials;

namespace Hutch.Zone.Tests.Accounts;

public sealed class AttemptLimiterTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Attempts_with_a_wrong_token_from_one_address_are_limited_after_a_burst_and_allowed_again_later()
    {
        AttemptLimiter limiter = new(new AttemptLimits { PairBurst = 3, PairRefillSeconds = 6 }, _time);
        for (int i = 0; i < 3; i++)
        {
            Assert.Null(limiter.Check("a", "t"));
            limiter.Fail("a", "t");
        }

        HutchError? refused = limiter.Check("a", "t");
        Assert.Equal(ErrorCode.TooManyRequests, refused?.Code);
        Assert.Equal("6", refused!.Details!["retryAfterSeconds"]);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Null(limiter.Check("a", "t"));
        limiter.Fail("a", "t");
        Assert.NotNull(limiter.Check("a", "t"));
    }

    [Fact]
    public void The_seconds_to_wait_are_true()
    {
        AttemptLimiter limiter = new(new AttemptLimits(), _time);
        for (int i = 0; i < 25; i++)
        {
            limiter.Fail("a", "t");
        }

        int seconds = int.Parse(limiter.Check("a", "t")!.Details!["retryAfterSeconds"], CultureInfo.InvariantCulture);
        _time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.NotNull(limiter.Check("a", "t"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(limiter.Check("a", "t"));
    }

    [Fact]
    public void A_client_that_repeats_one_wrong_token_does_not_stop_its_neighbours_behind_the_same_address()
    {
        AttemptLimiter limiter = new(new AttemptLimits(), _time);
        for (int i = 0; i < 100_000; i++)
        {
            if (limiter.Check("gateway", "broken") is null)
            {
                limiter.Fail("gateway", "broken");
            }
        }

        Assert.NotNull(limiter.Check("gateway", "broken"));
        Assert.Null(limiter.Check("gateway", "another"));
    }

    [Fact]
    public void An_address_that_tries_many_tokens_waits()
    {
        AttemptLimiter limiter = new(new AttemptLimits { AddressBurst = 20 }, _time);
        for (int i = 0; i < 20; i++)
        {
            limiter.Fail("a", $"t{i}");
        }

        Assert.NotNull(limiter.Check("a", "new"));
        Assert.Null(limiter.Check("b", "new"));
    }

    [Fact]
    public void A_token_that_is_tried_from_many_addresses_waits()
    {
        AttemptLimiter limiter = new(new AttemptLimits { TokenBurst = 20 }, _time);
        for (int i = 0; i < 20; i++)
        {
            limiter.Fail($"a{i}", "t");
        }

        Assert.NotNull(limiter.Check("new", "t"));
        Assert.Null(limiter.Check("new", "another"));
    }

    [Fact]
    public void Failures_with_the_public_part_of_a_token_at_other_addresses_do_not_lock_out_its_holder()
    {
        AttemptLimiter limiter = new(new AttemptLimits(), _time);
        for (int i = 0; i < 1000; i++)
        {
            limiter.Fail($"a{i}", "public");
        }

        Assert.Null(limiter.CheckUnguessable("holder", "public"));
        Assert.Null(limiter.CheckUnguessable("a1", "public"));
        for (int i = 0; i < 20; i++)
        {
            limiter.Fail("a1", "public");
        }

        Assert.NotNull(limiter.CheckUnguessable("a1", "public"));
    }

    [Fact]
    public void Memory_is_bounded_and_the_worst_are_remembered()
    {
        AttemptLimiter limiter = new(new AttemptLimits { MaxCounters = 300 }, _time);
        for (int i = 0; i < 50; i++)
        {
            limiter.Fail("worst", "t");
        }

        for (int i = 0; i < 10_000; i++)
        {
            limiter.Fail($"a{i}", $"t{i}");
        }

        Assert.InRange(limiter.Counters, 1, 300);
        Assert.NotNull(limiter.Check("worst", "t"));
    }

    [Fact]
    public void Forgiven_counters_go_first()
    {
        AttemptLimiter limiter = new(new AttemptLimits { MaxCounters = 300 }, _time);
        for (int i = 0; i < 90; i++)
        {
            limiter.Fail($"a{i}", $"t{i}");
        }

        _time.Advance(TimeSpan.FromHours(1));
        for (int i = 0; i < 20; i++)
        {
            limiter.Fail("b", $"u{i}");
        }

        Assert.True(limiter.Counters < 100);
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "20010db800010002")]
    [InlineData("2001:db8:1:2:ffff::1", "20010db800010002")]
    public void An_IPv6_network_is_one_client(string address, string key) => Assert.Equal(key, AttemptLimiter.AddressKey(IPAddress.Parse(address)));
}
