@beyond
Feature: B.1 Calls that are given up, refused, or answered late
  The guide has every call answered. Callers also give up (CANCEL, RFC 3261 §9), and phones are
  busy, decline, or ring for a while: whoever waits has to learn of it.

  @beyond-1.1
  Scenario: A caller from outside gives up while Teams rings
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When the caller gives up
    Then the phone stops ringing and both are free

  @beyond-1.2
  Scenario: Teams gives up a call to the outside while it rings
    Given User A is registered from Teams
    When from User A's Teams client, dial an external number
    Then the external number rings
    When the caller gives up
    Then the phone stops ringing and both are free

  @beyond-1.3
  Scenario Outline: Teams refuses a call from outside with <status>
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When the call is refused with <status>
    Then the caller is told that the call is refused

    Examples:
      | status                      |
      | 486 Busy Here               |
      | 480 Temporarily Unavailable |
      | 603 Decline                 |

  @beyond-1.4
  Scenario: A busy external number refuses a call from Teams
    Given User A is registered from Teams
    When from User A's Teams client, dial an external number
    Then the external number rings
    When the call is refused with 486 Busy Here
    Then the caller is told that the call is refused

  @beyond-1.5
  Scenario: Nobody answers a call to Teams
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When let it ring for 30 seconds
    Then the call still rings, or the caller is told that nobody answers
    When the caller gives up
    Then the phone stops ringing and both are free

  @beyond-1.6
  Scenario: A call to Teams rings for 15 seconds and is answered
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When let it ring for 15 seconds
    Then the call still rings
    When answer the call in Teams
    Then 2-way audio is established
    When the external party hangs up
    Then both parties see the call hang up
