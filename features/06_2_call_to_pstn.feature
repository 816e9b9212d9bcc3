@guide-6.2
Feature: 6.2 Initial confidence tests: call out to the PSTN
  Test users can call out to the PSTN from Teams for a call duration of at least 1 minute.

  Scenario Outline: <user> calls out to the PSTN for at least 1 minute
    Given <user> is registered from Teams
    When from <user>'s Teams client, dial an external number
    Then the external number rings
    And the caller sees the call ring
    When answer the call
    Then 2-way audio is established
    When speak for 65 seconds
    Then the call continues to work
    When Teams hangs up
    Then both parties see the call hang up

    Examples:
      | user   |
      | User A |
      | User B |
