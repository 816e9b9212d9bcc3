@guide-7.1.4
Feature: 7.1.4 Single Outgoing Call 2
  User A calls User B's extension. The guide lets User A hang up in step 3 and transfer the same
  call in step 6, so this is two scenarios.

  @guide-7.1.4a
  Scenario: (a) User A calls User B's extension and hangs up
    Given User A is registered from Teams
    And User B is registered from Teams
    When Step 1: From User A's Teams client, dial User B's extension
    Then Teams rings for User B
    And the caller sees the call ring
    When Step 2: Answer the call
    Then 2-way audio is established
    When Step 3: Speak for 45 seconds
    Then the call continues to work
    When User A hangs up
    Then both parties see the call hang up

  @guide-7.1.4b
  Scenario: (b) User A calls User B's extension and blind transfers the call to an external number
    Given User A is registered from Teams
    And User B is registered from Teams
    When Step 1: From User A's Teams client, dial User B's extension
    Then Teams rings for User B
    And the caller sees the call ring
    When Step 2: Answer the call
    Then 2-way audio is established
    When Step 6: Blind transfer the call to another external number
    Then the external number rings
    When answer the call
    Then 2-way audio is established between User B and the external number
    And Teams hangs up
