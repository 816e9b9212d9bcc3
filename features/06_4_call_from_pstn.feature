@guide-6.4
Feature: 6.4 Initial confidence tests: calls from the PSTN
  Make calls (longer than 1 minute) into Teams users to their DDI from the PSTN.

  Scenario Outline: The PSTN calls <user>'s DDI for longer than 1 minute
    Given <user> is registered from Teams
    When from an external number, dial <user>'s DiD
    Then Teams rings for <user>
    And the caller sees the call ring
    When answer the call in Teams
    Then 2-way audio is established
    When speak for 65 seconds
    Then the call continues to work
    When the external party hangs up
    Then both parties see the call hang up

    Examples:
      | user   |
      | User A |
      | User B |
